import { bulkDecisions, type Bulk } from '../../src/core/curation/bulk.ts';
import type { RecordedDecision } from '../../src/core/curation/activeDecisions.ts';
import { foldCuration, type Curation } from '../../src/core/curation/curation.ts';
import type { Decision } from '../../src/core/curation/decision.ts';
import { labelOf, questionsOf } from '../../src/core/curation/decisionLog.ts';
import { candidatesOf } from '../../src/core/curation/candidates.ts';
import { questionNow, textName } from '../../src/core/curation/questionText.ts';
import { sha256Json, sha256Text } from '../../src/core/hash.ts';
import { goldInWords } from '../../src/core/teaching/answerForm.ts';
import type { Opinion } from '../../src/core/teaching/records.ts';
import { decisionsFor } from '../../src/core/curation/decisionsFor.ts';
import { ReviewIndex } from '../../src/core/curation/queue.ts';
import { runWhole } from '../../src/core/runWhole.ts';
import { recordOf } from '../../src/core/curation/reviewRecord.ts';
import { reviewItems } from '../../src/core/curation/reviewItem.ts';
import { AppError } from '../../src/core/errors.ts';
import { gradeStored } from '../../src/core/round/grading.ts';
import type { RecordedAgain } from '../../src/core/exam/again.ts';
import { anAnswerAgain } from '../fakes/answerAgain.ts';
import { stale } from '../../src/node/review/stale.ts';
import type { Handlers, Payload } from '../../src/shared/contract.ts';
import type { Act, Job, ReviewContract, Snapshot } from '../../src/shared/reviewContract.ts';
import type { Row } from '../../src/shared/reviewQueue.ts';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { reviewStrings } from '../../src/shared/reviewStrings.ts';
import { aCandidate, ana, anAttempt, LIMITS } from '../fakes/reviewMaterial.ts';
import { askedQuestions, type Asked } from './questions.ts';

type OpenedList = Payload<ReviewContract, 'list'>;

export interface HostOptions {
  readonly count?: number;
  readonly asked?: readonly Asked[];
  /** Laid over every snapshot. */
  readonly snapshot?: Partial<Snapshot>;
}

/** A host in memory over the real review model: same queue, same records, same decisions, no files. */
export class MemoryHost {
  readonly calls: { readonly method: string; readonly params: unknown }[] = [];
  /** Set to make the next decision or question to the teacher fail with this sentence. */
  refuse: string | null = null;
  /** Set to keep everything but `init` waiting for ever. */
  silent = false;
  over: Partial<Snapshot>;
  /** What students answered when they were asked again. */
  readonly askedAgain: RecordedAgain[] = [];
  /** So many milliseconds later the views hear of a change, as from a host that gathers them. */
  late = 0;
  #rev = 1;
  readonly #steps: RecordedDecision[][] = [];
  /** Questions with the hints that the teacher was asked with. */
  readonly #answered = new Set<string>();
  #undone: RecordedDecision[][] = [];
  readonly #index: ReviewIndex;
  #curation: Curation;
  #ids: readonly string[] = [];
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  readonly #goers = new Set<(id: string) => void>();
  readonly #listers = new Set<(list: OpenedList) => void>();

  constructor({ count = 40, asked = askedQuestions(count), snapshot = {} }: HostOptions = {}) {
    this.over = snapshot;
    this.#curation = foldCuration([[], []]);
    const questions = asked.map(({ question }) => question);
    const attempts = asked.flatMap(({ question, texts }) =>
      texts.map((text, sample) => anAttempt(question.id, sample, text)),
    );
    const items = asked.flatMap(({ question, texts, rationales }) =>
      rationales.map((text, draw) =>
        draw === 0
          ? aCandidate(question, text, {
              draw,
              why: 'The first subtraction is off by ten; all that follows is right by its own lights.',
              firstErrorStep: Math.min(2, texts[0]?.split('\n').length ?? 1),
              flags: ['programmatic'],
              about: null,
            })
          : aCandidate(question, text, {
              draw,
              purpose: 'annotate',
              why: null,
              firstErrorStep: null,
              errorKind: null,
            }),
      ),
    );
    const history = new Map(
      questions
        .slice(0, 9)
        .map(({ id }, index) => [
          id,
          { round: 0, right: index % 3, samples: 4, suspectGold: false },
        ]),
    );
    const all = reviewItems({
      round: 1,
      gate: LIMITS,
      useDatasetRationales: false,
      questions,
      attempts: gradeStored(questions, attempts, this.#curation),
      candidates: [{ round: 1, items }],
      history: [{ round: 0, outcomes: history }],
      curation: this.#curation,
    });
    this.#index = new ReviewIndex(all, this.#curation);
  }

  get decisions(): readonly Decision[] {
    return this.#steps.flat();
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onShow(listener: (id: string) => void): void {
    this.#goers.add(listener);
  }

  onList(listener: (list: OpenedList) => void): void {
    this.#listers.add(listener);
  }

  /** A teacher's opinion of a question's first rationale. */
  opine(id: string, score: number, reason: string, profile = 'second-teacher'): void {
    const item = this.#index.item(id);
    const [candidate] = item ? candidatesOf(item, this.#curation) : [];
    if (!item || !candidate) throw new Error(`no rationale of ${id}`);
    const opinion: Opinion = {
      type: 'opinion',
      key: sha256Json([id, score, item.opinions.length]),
      questionId: id,
      purpose: 'review',
      draw: item.opinions.length,
      itemId: candidate.id,
      textHash: sha256Text(candidate.text),
      asked: textName(item.question, this.#curation),
      gold: goldInWords(questionNow(item.question, this.#curation)),
      profile,
      programmatic: profile === 'programmatic',
      templateId: 'review-1',
      templateHash: '',
      score,
      reason,
    };
    this.#index.put([{ ...item, opinions: [...item.opinions, opinion] }]);
    this.tell();
  }

  /** Opens a list in the view from elsewhere. */
  list(list: OpenedList): void {
    for (const listener of this.#listers) listener(list);
  }

  /** Opens an item in the view from elsewhere. */
  show(id: string): void {
    for (const go of this.#goers) go(id);
  }

  /** Tells every view what it shows now. */
  tell(over: Partial<Snapshot> = this.over): void {
    this.over = over;
    this.#rev += 1;
    const send = (): void => {
      for (const listener of this.#listeners) listener(this.snapshot());
    };
    if (this.late > 0) setTimeout(send, this.late);
    else send();
  }

  snapshot(): Snapshot {
    const rows = this.#index.items.flatMap((_, place) =>
      this.#index.isMistakeAt(place) ? (this.#index.rowAt(place) ?? []) : [],
    );
    const withStatus = (status: Row['status']): number =>
      rows.filter((row) => row.status === status).length;
    return {
      rev: this.#rev,
      phase: 'ready',
      project: 'Practice',
      round: 1,
      rounds: [0, 1],
      counts: {
        total: rows.length,
        todo: withStatus('todo'),
        accepted: withStatus('accepted'),
        edited: withStatus('edited'),
        rejected: withStatus('rejected'),
        flagged: rows.filter(({ flags }) => flags.length > 0).length,
        byRule: 0,
        pairs: rows.filter(({ pair }) => pair === 'keep').length,
      },
      banners: [],
      job: null,
      primary: null,
      undo: this.#steps.length > 0 ? labelOf(this.#steps.at(-1) ?? []) : null,
      redo: this.#undone.length > 0 ? labelOf(this.#undone.at(-1) ?? []) : null,
      spotCheck: null,
      savedFilters: [],
      writable: true,
      reason: null,
      teacher: 'programmatic',
      canAsk: true,
      noAgain: null,
      disagreed: this.#curation.disagreements.all().size,
      singleKeys: true,
      ...this.over,
    };
  }

  handlers(): Handlers<ReviewContract> {
    const rev = (): number => this.#rev;
    const note = (method: string, params: unknown): void => {
      this.calls.push({ method, params });
    };
    return {
      opinion: (params) => {
        note('opinion', params);
        this.#refuseOnce();
        if (params.candidate !== null) {
          this.opine(params.ids?.[0] ?? '', 4, 'Step 2 could be shorter.', 'programmatic');
        }
        const unread = params.candidate === null ? 1 : 0;
        return { rev: rev(), scored: 1, failed: 0, known: 0, unread, own: 1 };
      },
      init: () => ({ snapshot: this.snapshot(), strings: { ...reviewStrings } }),
      round: ({ round }) => {
        this.tell({ ...this.over, round });
        return { rev: rev() };
      },
      query: async ({ filter, sort, near }) => {
        note('query', { filter, sort, near });
        await this.#wait();
        const places = runWhole(this.#index.query(filter, sort)) ?? [];
        this.#ids = places.map((place) => this.#index.items[place]?.id ?? '');
        const asked = near === null ? -1 : this.#ids.indexOf(near);
        const todo = this.#ids.findIndex((id) => this.#row(id).status === 'todo');
        const at = asked >= 0 ? asked : todo;
        const from = Math.max(0, at - 32);
        const rows = this.#ids.slice(from, from + 50).map((id) => this.#row(id));
        return { rev: rev(), total: this.#ids.length, from, rows, at };
      },
      rows: ({ from, to }) => ({
        rev: rev(),
        from,
        rows: this.#ids.slice(from, to).map((id) => this.#row(id)),
      }),
      record: async ({ id }) => {
        await this.#wait();
        return this.record(id);
      },
      nextTodo: ({ after }) => {
        for (let step = 1; step <= this.#ids.length; step += 1) {
          const at = (after + step) % this.#ids.length;
          if (this.#row(this.#ids[at] ?? '').status === 'todo') return { at };
        }
        return { at: -1 };
      },
      decide: ({ id, act, round, seen }) => {
        note('decide', { id, act });
        this.#check(round);
        if (seen !== null && seen !== this.record(id).stamp) throw stale();
        this.#decide(id, act);
        return { rev: rev(), record: this.record(id) };
      },
      bulk: ({ act, ids, expected, round }) => {
        note('bulk', { act, ids, expected });
        this.#check(round);
        const chosen = ids ?? this.#ids;
        const items = chosen.flatMap((id) => this.#index.item(id) ?? []);
        const made: Bulk = runWhole<Bulk>(
          bulkDecisions(items, act, this.#curation, ana, this.#name()),
        );
        this.#add(made.decisions);
        return { rev: rev(), changed: made.changed };
      },
      undo: ({ round }) => {
        note('undo', { round });
        this.#check(round);
        return { id: this.#back(), rev: rev() };
      },
      redo: ({ round }) => {
        this.#check(round);
        return { id: this.#again(), rev: rev() };
      },
      ask: ({ ids, hint, round }) => {
        note('ask', { ids, hint });
        this.#refuseOnce();
        this.#check(round);
        const fresh = ids.filter((id) => !this.#answered.has(`${id} ${hint}`));
        for (const id of fresh) this.#answered.add(`${id} ${hint}`);
        const unasked = ids.length - fresh.length;
        return { rev: rev(), accepted: fresh.length, failed: 0, unasked };
      },
      again: ({ id, how, who, round }) => {
        note('again', { id, how, who });
        this.#refuseOnce();
        this.#check(round);
        this.askedAgain.push(anAnswerAgain(id, { greedy: how === 'greedy', base: who === 'base' }));
        this.tell();
        return { rev: rev(), right: 0, samples: 1 };
      },
      spotCheck: ({ size, round }) => {
        note('spotCheck', { size });
        this.#check(round);
        return { rev: rev() };
      },
      acceptRest: ({ expected, round }) => {
        note('acceptRest', { expected });
        this.#check(round);
        return { rev: rev(), changed: expected };
      },
      saveFilter: (params) => {
        note('saveFilter', params);
        return { rev: rev() };
      },
      open: (params) => {
        note('open', params);
        return {};
      },
      run: (params) => {
        note('run', params);
        return {};
      },
      focus: () => ({}),
    };
  }

  record(id: string): ReviewRecord {
    const item = this.#index.item(id);
    if (!item) throw new AppError('usage', `There is no question ${id}.`);
    const decisions = this.#steps.flat().filter((event) => questionsOf(event).includes(id));
    const answers = this.askedAgain.filter(({ questionId }) => questionId === id);
    const again = { answers, exam: { digest: 'round-1', form: null } };
    return recordOf(item, { curation: this.#curation, decisions, again });
  }

  /** Decides as a person in another window does. */
  decideElsewhere(id: string, act: Act): void {
    this.#decide(id, act);
  }

  /** Another person's decision on an item, made without knowledge of this one's. */
  decideAs(name: string, id: string, act: Act): void {
    const item = this.#index.item(id);
    if (!item) throw new AppError('usage', `There is no question ${id}.`);
    const author = { kind: 'person', name } as const;
    const made = decisionsFor(item, act, foldCuration([[], []]), author, this.#name());
    this.#add(made, `${name}-1`);
  }

  #row(id: string): Row {
    const row = this.#index.row(id);
    if (!row) throw new AppError('usage', `There is no question ${id}.`);
    return row;
  }

  #check(shown: number | null): void {
    if (shown !== null && shown !== this.snapshot().round) throw stale();
  }

  async #wait(): Promise<void> {
    if (this.silent) await new Promise<void>(() => undefined);
  }

  #name(): string {
    return `action-${String(this.#rev)}`;
  }

  #refuseOnce(): void {
    const { refuse } = this;
    this.refuse = null;
    if (refuse !== null) throw new AppError('usage', refuse);
  }

  #decide(id: string, act: Act): void {
    this.#refuseOnce();
    const item = this.#index.item(id);
    if (!item) throw new AppError('usage', `There is no question ${id}.`);
    this.#add(decisionsFor(item, act, this.#curation, ana, this.#name()));
  }

  #add(decisions: readonly Decision[], writer = 'pc-1'): void {
    const from = this.#steps.flat().length;
    const at = '2026-03-02T10:24:00.000Z';
    this.#steps.push(decisions.map((one, index) => ({ ...one, writer, seq: from + index, at })));
    this.#undone = [];
    this.#fold();
  }

  #back(): string | null {
    const step = this.#steps.pop();
    if (!step) return null;
    this.#undone.push(step);
    this.#fold();
    return onlyOf(step);
  }

  #again(): string | null {
    const step = this.#undone.pop();
    if (!step) return null;
    this.#steps.push(step);
    this.#fold();
    return onlyOf(step);
  }

  #fold(): void {
    this.#curation = foldCuration([[], this.#steps.flat()]);
    this.#index.update(this.#curation);
    this.tell();
  }
}

/** The question of a step; null where it is about several. */
function onlyOf(step: readonly RecordedDecision[]): string | null {
  const [only, ...others] = new Set(step.flatMap((event) => questionsOf(event)));
  return others.length > 0 ? null : (only ?? null);
}

export const EXAM_JOB: Job = {
  stage: 'Exam',
  done: 412,
  total: 7473,
  etaMs: 360_000,
  note: null,
};
