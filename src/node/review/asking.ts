import { join } from 'node:path';
import { attemptForFeedback } from '../../core/curation/negatives.ts';
import { isAbout, questionNow, textName } from '../../core/curation/questionText.ts';
import { attemptsNow, type ReviewItem } from '../../core/curation/reviewItem.ts';
import { AppError, cancelled, isAppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { rationaleOfAttempt } from '../../core/exam/promptForm.ts';
import { sha256Text } from '../../core/hash.ts';
import type { Report } from '../../core/ports.ts';
import { askOpinions, type Opined, type OpinionScope } from '../../core/round/opinions.ts';
import type { OpenTeacher } from '../../core/round/ports.ts';
import type { TeachingWriter } from '../../core/round/store.ts';
import { isOpen, teachQuestion, type TeachTask } from '../../core/teaching/teachQuestion.ts';
import type { AbortSignalLike } from '../../shared/contract.ts';
import type { Job } from '../../shared/reviewContract.ts';
import { openTeacher } from '../session/openTeacher.ts';
import { opinionPorts } from '../session/opinionPorts.ts';
import { person } from '../session/person.ts';
import { loadTemplate } from '../session/templates.ts';
import { acquireLock, type Lock } from '../storage/lock.ts';
import { refuseFrozen } from './facts.ts';
import type { Opened, ReviewService } from './service.ts';
import { sayIn } from './say.ts';
import { stale, unknown } from './stale.ts';
import { asStoppableJob, StoppableWork } from './stoppableWork.ts';

export interface Asked {
  /** Questions with a new rationale that passed the gate. */
  readonly accepted: number;
  /** Questions for which the teacher wrote none. */
  readonly failed: number;
  /** Questions whose hint had been answered before: no call was made for them. */
  readonly unasked: number;
}

/** Whose opinion of which rationales is asked for; the project's teacher's where none is named. */
export interface OpinionRequest extends OpinionScope {
  readonly teacher: string | null;
}

/** New rationales show up while the teacher still works on others, at most this often. */
const LOOK_MS = 500;

/** Asks the project's teacher again about questions under review: one piece of work at a time. */
export class Asking {
  readonly #service: ReviewService;
  readonly #work = new StoppableWork();

  constructor(service: ReviewService) {
    this.#service = service;
  }

  get job(): Job | null {
    return this.#work.job;
  }

  /** `round` is the one that was looked at; null where nobody looks. */
  async ask(
    ids: readonly string[],
    hint: string,
    signal: AbortSignalLike,
    round: number | null = null,
  ): Promise<Asked> {
    this.#mayAsk(this.#service.outside.teacherReady);
    const service = this.#service;
    return this.#work.run(
      signal,
      (abort) => this.#run([...new Set(ids)], hint.trim(), round, abort),
      { done: () => service.refresh(), after: () => void service.changed() },
    );
  }

  /** Asks a teacher what it thinks of rationales, blind to who wrote them; nothing is decided by it. */
  async opine(
    { teacher, ...scope }: OpinionRequest,
    signal: AbortSignalLike,
    round: number | null = null,
  ): Promise<Opined> {
    // Whether another teacher has its key shows when it is asked.
    this.#mayAsk(teacher !== null || this.#service.outside.teacherReady);
    const service = this.#service;
    return this.#work.run(signal, (abort) => this.#opine(scope, teacher, round, abort), {
      done: () => service.refresh(),
      after: () => void service.changed(),
    });
  }

  #mayAsk(ready: boolean): void {
    if (!this.#service.outside.trusted) {
      throw new AppError(
        'trust.required',
        sentence`Restricted Mode: the teacher cannot be asked.`,
        {
          hint: sentence`Trust the workspace first.`,
        },
      );
    }
    if (!ready) {
      throw new AppError('teacher.auth', sentence`There is no key for the teacher.`, {
        hint: sentence`Set the teacher’s key, or choose the built-in teacher.`,
      });
    }
    if (this.#work.underWay) {
      throw new AppError('lock.held', sentence`The teacher is being asked already.`, {
        hint: sentence`Wait until it has answered, or stop it.`,
      });
    }
  }

  /** Stops what is under way; true when there was something. */
  stop(): Promise<boolean> {
    return this.#work.stop();
  }

  /** Shows what has come. Not waited for: who waits for the end of asking may hold the turn that this needs. */
  #look(): void {
    void this.#service.refresh().catch(() => undefined);
  }

  async #run(
    ids: readonly string[],
    hint: string,
    round: number | null,
    abort: AbortController,
  ): Promise<Asked> {
    const service = this.#service;
    const meant = await service.ready();
    if (round !== null && round !== meant.review.round) throw stale();
    const before = itemsOf(meant, ids);
    const lock = await this.#lock(meant);
    try {
      const another = otherWays(meant);
      const action = `ask-${Date.now().toString(36)}`;
      // Another round may be shown by now: a hint of this one is none of that one's.
      const opened = await service.decider.append(
        before.map((item) => ({
          type: 'hint' as const,
          author: person(),
          action,
          questionId: item.id,
          hint: hint === '' ? another(item) : hint,
        })),
        meant.review.round,
      );
      return await this.#asJob(opened, itemsOf(opened, ids), abort);
    } finally {
      await lock.release();
    }
  }

  async #opine(
    scope: OpinionScope,
    teacher: string | null,
    round: number | null,
    abort: AbortController,
  ): Promise<Opined> {
    const service = this.#service;
    const { session, review } = await service.ready();
    if (round !== null && round !== review.round) throw stale();
    await refuseFrozen(session.store, review.round);
    const lock = await this.#lock({ session });
    try {
      const title = sayIn(service.options.actions)('host.job.opinion');
      const job = { title, round: review.round };
      let looked = session.surroundings.clock.now();
      return await asStoppableJob(service.options.asJob, job, abort, (tell) => {
        const report: Report = (progress) => {
          this.#work.job = { ...progress, stage: title, note: null };
          tell({ ...progress, stage: title });
          service.changed();
          const now = session.surroundings.clock.now();
          if (now - looked < LOOK_MS) return;
          looked = now;
          this.#look();
        };
        const ports = opinionPorts(session, teacher ?? undefined);
        return askOpinions({ ...ports, report, signal: abort.signal }, review.round, scope);
      });
    } finally {
      await lock.release();
    }
  }

  /** The lock of exams, teaching and training: beside them the round's budget could not be kept. */
  async #lock({ session }: Pick<Opened, 'session'>): Promise<Lock> {
    const { clock } = session.surroundings;
    try {
      return await acquireLock(join(session.tailorFolder, 'locks'), 'run', { clock });
    } catch (error) {
      if (!isAppError(error, 'lock.held')) throw error;
      throw new AppError(
        'lock.held',
        sentence`The teacher cannot be asked while the project is at work.`,
        {
          hint: sentence`Wait until the exam, teaching or training has ended, or stop it.`,
          cause: error,
          detail: error.detail,
        },
      );
    }
  }

  #asJob(opened: Opened, items: readonly ReviewItem[], abort: AbortController): Promise<Asked> {
    const job = { title: this.#title(), round: opened.review.round };
    return asStoppableJob(this.#service.options.asJob, job, abort, (report) =>
      this.#askAll(opened, items, abort.signal, report),
    );
  }

  #title(): string {
    return sayIn(this.#service.options.actions)('host.job.asking');
  }

  async #askAll(
    opened: Opened,
    items: readonly ReviewItem[],
    signal: AbortSignal,
    tell: Report,
  ): Promise<Asked> {
    const { session, review } = opened;
    const { clock } = session.surroundings;
    const open = await openTeacher(session, review.round);
    let writer: TeachingWriter | null = null;
    const started = clock.now();
    const tally = { accepted: 0, failed: 0, unasked: 0 };
    let next = 0;
    let looked = started;
    const failures: unknown[] = [];
    const report = (): void => {
      const done = tally.accepted + tally.failed + tally.unasked;
      const etaMs =
        done === 0 ? null : Math.round(((clock.now() - started) / done) * (items.length - done));
      const progress = { stage: this.#title(), done, total: items.length, etaMs };
      this.#work.job = { ...progress, note: null };
      tell(progress);
      this.#service.changed();
    };
    const work = async (): Promise<void> => {
      while (failures.length === 0 && !signal.aborted) {
        const item = items[next];
        next += 1;
        if (!item || !writer) return;
        try {
          tally[await this.#askOne(opened, item, open, writer, signal)] += 1;
        } catch (error) {
          failures.push(error);
          return;
        }
        report();
        if (clock.now() - looked < LOOK_MS) continue;
        looked = clock.now();
        this.#look();
      }
    };
    try {
      writer = await session.store.openTeaching(review.round);
      report();
      await Promise.all(Array.from({ length: Math.max(1, open.concurrency) }, work));
    } finally {
      await writer?.close();
      await open.close();
      this.#look();
    }
    const failure = failures.find((error) => !isAppError(error, 'cancelled')) ?? failures[0];
    if (failure instanceof Error) throw failure;
    if (signal.aborted) throw cancelled();
    return tally;
  }

  /** One question's ladder for this hint: whether it brought a rationale that passes, or was gone before. */
  async #askOne(
    opened: Opened,
    item: ReviewItem,
    open: OpenTeacher,
    writer: TeachingWriter,
    signal: AbortSignal,
  ): Promise<keyof Asked> {
    const task = await taskFor(opened, item, open, signal);
    if (!isOpen(task)) return 'unasked';
    const stored = new Set(task.previous.map(({ key }) => key));
    const { items } = await teachQuestion(task);
    const fresh = items.filter(({ key }) => !stored.has(key));
    for (const one of fresh) await writer.append(one);
    return fresh.some(({ accepted }) => accepted) ? 'accepted' : 'failed';
  }
}

function itemsOf({ review }: Opened, ids: readonly string[]): ReviewItem[] {
  return ids.map((id) => {
    const item = review.index.item(id);
    if (!item) throw unknown(id);
    return item;
  });
}

/** What the teacher is asked about one question: as in the round's own teaching, with the hint. */
async function taskFor(
  { session, review }: Opened,
  item: ReviewItem,
  open: OpenTeacher,
  signal: AbortSignal,
): Promise<TeachTask> {
  const { curation } = review;
  const { teaching, gate } = session.store.project;
  const about = attemptForFeedback(attemptsNow(item, curation), curation);
  const purpose = review.round > 0 && about ? 'feedback' : 'annotate';
  const ofThisText = item.candidates.filter((one) =>
    isAbout(one.item.asked, item.question, curation),
  );
  const hint = curation.hints.get(item.id);
  return {
    purpose,
    question: questionNow(item.question, curation),
    wanted: 1,
    ...(purpose === 'feedback' && about
      ? {
          attempt: {
            sample: about.attempt.sample,
            fingerprint: about.attempt.fingerprint,
            text: rationaleOfAttempt(about.attempt.text),
            textHash: sha256Text(about.attempt.text),
          },
        }
      : {}),
    previous: ofThisText.filter(({ round }) => round === review.round).map((one) => one.item),
    existingTexts: ofThisText
      .filter(({ round, item: one }) => round < review.round && one.accepted)
      .map(({ item: one }) => one.rationale ?? ''),
    teacher: open.teacher,
    template: await loadTemplate(session.root, purpose, session.store.project.teaching.replyForm),
    limits: gate,
    asked: textName(item.question, curation),
    ...(hint === undefined ? {} : { hint }),
    temperature: teaching.temperature,
    maxTokens: teaching.maxTokens,
    signal,
  };
}

/** Hints for a person who gave none: different from all before, taken back ones too, as each is asked about once. */
function otherWays({ review }: Opened): (item: ReviewItem) => string {
  const before = new Map<string, number>();
  for (let round = 0; round <= review.round; round += 1) {
    for (const event of review.book.events(round)) {
      if (event.type !== 'hint') continue;
      before.set(event.questionId, (before.get(event.questionId) ?? 0) + 1);
    }
  }
  return ({ id }) => {
    const count = before.get(id) ?? 0;
    return count === 0
      ? 'Explain it in another way.'
      : `Explain it in yet another way (request ${count + 1}).`;
  };
}
