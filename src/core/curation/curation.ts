import { sha256Text } from '../hash.ts';
import type { Worded } from '../dataset/choiceLines.ts';
import type { Attempt } from '../exam/attempt.ts';
import { activeDecisions, type RecordedDecision } from './activeDecisions.ts';
import type { Decision } from './decision.ts';
import { DisagreementFold, type Disagreements } from './disagreements.ts';
import { nameOfWording } from './questionText.ts';

/** What people and rules have decided so far, folded from the events of all rounds up to one. */
export interface Curation {
  /** itemId → the last word on a candidate rationale, a person's own text included. `rationale` holds an edit's text. */
  readonly items: ReadonlyMap<string, ItemDecision>;
  /** questionId → rationales that a person wrote. */
  readonly written: ReadonlyMap<string, readonly WrittenRationale[]>;
  /** questionId → the last hint for asking again. */
  readonly hints: ReadonlyMap<string, string>;
  /** attemptKey → whether the attempt may be a negative. */
  readonly pairs: ReadonlyMap<string, 'keep' | 'drop'>;
  /** attemptKey → a person's verdict against the grader's. */
  readonly attempts: ReadonlyMap<string, 'right' | 'wrong'>;
  /** attemptKey → where a person saw the first wrong step. */
  readonly firstErrors: ReadonlyMap<string, FirstError>;
  /** questionId → the gold that counts now. */
  readonly gold: ReadonlyMap<string, string>;
  /** questionId → when that gold was set. */
  readonly goldFixes: ReadonlyMap<string, Fix>;
  /** questionId → the answers that somebody confirmed as its gold; see `isGoldConfirmed`. */
  readonly goldConfirmed: ReadonlyMap<string, ReadonlySet<string>>;
  /** questionId → the text that counts now. */
  readonly questions: ReadonlyMap<string, QuestionFix>;
  /** questionId → the last round that somebody left it out of, unless a person accepted a rationale of it since. */
  readonly leftOut: ReadonlyMap<string, { readonly round: number; readonly by: 'person' | 'rule' }>;
  /** In order; the last one without items has ended. */
  readonly spotChecks: readonly SpotCheckRecord[];
  /** Id of a spot check → the questions that its sample was drawn from, in their order. */
  readonly strata: ReadonlyMap<string, readonly string[]>;
  /** Questions on whose attempts somebody decided: for all others no attempt needs to be named. */
  readonly attemptsDecided: ReadonlySet<string>;
  readonly counts: { readonly person: number; readonly rule: number };
  /** Decisions that were made for another wording of their question than the one that counts: they do not stand. */
  readonly outdated: ReadonlySet<Decision>;
  /** What people disagree on in the latest round. */
  readonly disagreements: Disagreements;
}

export interface ItemDecision {
  readonly status: 'accepted' | 'rejected';
  readonly by: 'person' | 'rule';
  readonly round: number;
  /** Place among all standing decisions: what came before a fix does not speak for the time after it. */
  readonly order: number;
  readonly rationale?: string;
}

export interface WrittenRationale {
  readonly id: string;
  readonly rationale: string;
  readonly round: number;
}

/** Where among the decisions something was changed. */
export interface Fix {
  readonly round: number;
  readonly order: number;
  readonly was: string;
  readonly reason: string | null;
}

export interface QuestionFix extends Fix {
  readonly text: string;
  /** The text before the first fix: the data file's. */
  readonly original: string;
}

export interface FirstError {
  readonly step: number;
  readonly kind: string;
}

export type SpotCheckRecord = Omit<Extract<Decision, { type: 'spot-check' }>, 'type'> & {
  readonly round: number;
  readonly order: number;
};

/** Names one attempt *and its text*: a decision about another text than the stored one is stale and matches nothing. */
export function attemptKey(
  attempt: Pick<Attempt, 'questionId' | 'sample' | 'fingerprint'> & { textHash: string },
): string {
  return [attempt.questionId, attempt.sample, attempt.fingerprint, attempt.textHash].join('\u0000');
}

const keys = new WeakMap<Attempt, string>();

export function keyOfAttempt(attempt: Attempt): string {
  const known = keys.get(attempt);
  if (known !== undefined) return known;
  const key = attemptKey({ ...attempt, textHash: sha256Text(attempt.text) });
  keys.set(attempt, key);
  return key;
}

/** Whether somebody confirmed the gold that counts now: a word about an answer says nothing about another one. */
export function isGoldConfirmed(
  { goldConfirmed }: Pick<Curation, 'goldConfirmed'>,
  questionId: string,
  gold: string,
): boolean {
  return goldConfirmed.get(questionId)?.has(gold) === true;
}

/** The id of a rationale that a person wrote for a question. */
export function writtenId(questionId: string, rationale: string): string {
  return `w-${sha256Text(questionId + rationale).slice(0, 16)}`;
}

/** A question as the data file words it; nothing where that is not known. */
export type QuestionOf = (questionId: string) => Worded | undefined;

/**
 * A curation that grows decision by decision: what `foldCuration` is made of. `apply` takes every event but undo and
 * redo; after one of those fold afresh.
 */
export class CurationFold {
  readonly #items = new Map<string, ItemDecision>();
  readonly #written = new Map<string, WrittenRationale[]>();
  readonly #hints = new Map<string, string>();
  readonly #pairs = new Map<string, 'keep' | 'drop'>();
  readonly #attempts = new Map<string, 'right' | 'wrong'>();
  readonly #firstErrors = new Map<string, FirstError>();
  readonly #gold = new Map<string, string>();
  readonly #goldFixes = new Map<string, Fix>();
  readonly #goldConfirmed = new Map<string, Set<string>>();
  readonly #questions = new Map<string, QuestionFix>();
  readonly #leftOut = new Map<string, { round: number; by: 'person' | 'rule' }>();
  readonly #spotChecks: SpotCheckRecord[] = [];
  readonly #strata = new Map<string, string[]>();
  readonly #attemptsDecided = new Set<string>();
  readonly #counts = { person: 0, rule: 0 };
  readonly #outdated = new Set<Decision>();
  readonly #disagreements = new DisagreementFold();
  readonly #questionOf: QuestionOf;
  #order = 0;

  readonly curation: Curation = {
    items: this.#items,
    written: this.#written,
    hints: this.#hints,
    pairs: this.#pairs,
    attempts: this.#attempts,
    firstErrors: this.#firstErrors,
    gold: this.#gold,
    goldFixes: this.#goldFixes,
    goldConfirmed: this.#goldConfirmed,
    questions: this.#questions,
    leftOut: this.#leftOut,
    spotChecks: this.#spotChecks,
    strata: this.#strata,
    attemptsDecided: this.#attemptsDecided,
    counts: this.#counts,
    outdated: this.#outdated,
    disagreements: this.#disagreements,
  };

  constructor(questionOf: QuestionOf = () => undefined) {
    this.#questionOf = questionOf;
  }

  apply(event: Decision, round: number): void {
    const by = event.author.kind;
    const order = this.#order;
    this.#order += 1;
    this.#counts[by] += 1;
    if (this.#isOutdated(event)) {
      this.#outdated.add(event);
      return;
    }
    this.#disagreements.apply(event, round);
    switch (event.type) {
      case 'accept':
      case 'reject': {
        const status = event.type === 'accept' ? 'accepted' : 'rejected';
        for (const { itemId, questionId } of event.items) {
          this.#decide(itemId, { status, by, round, order });
          if (status === 'accepted' && by === 'person') this.#leftOut.delete(questionId);
        }
        break;
      }
      case 'leave-out':
        this.#leftOut.set(event.questionId, { round, by });
        break;
      case 'edit':
        this.#leftOut.delete(event.questionId);
        this.#decide(event.itemId, {
          status: 'accepted',
          by,
          round,
          order,
          rationale: event.rationale,
        });
        break;
      case 'write':
        this.#leftOut.delete(event.questionId);
        this.#write(event, by, round, order);
        break;
      case 'hint':
        this.#hints.set(event.questionId, event.hint);
        break;
      case 'pair-drop':
      case 'pair-keep':
        this.#attemptsDecided.add(event.questionId);
        this.#pairs.set(attemptKey(event), event.type === 'pair-drop' ? 'drop' : 'keep');
        break;
      case 'attempt-right':
      case 'attempt-wrong':
        this.#attemptsDecided.add(event.questionId);
        this.#attempts.set(attemptKey(event), event.type === 'attempt-right' ? 'right' : 'wrong');
        break;
      case 'first-error':
        this.#attemptsDecided.add(event.questionId);
        this.#firstErrors.set(attemptKey(event), { step: event.step, kind: event.errorKind });
        break;
      case 'fix-gold': {
        const { questionId, was, answer, reason = null } = event;
        this.#gold.set(questionId, answer);
        this.#goldFixes.set(questionId, { round, order, was, reason });
        this.#confirm(questionId, answer);
        break;
      }
      case 'gold-confirmed':
        this.#confirm(event.questionId, event.answer);
        break;
      case 'fix-question': {
        const { questionId, was, text, reason } = event;
        const original = this.#questions.get(questionId)?.original ?? was;
        this.#questions.set(questionId, { round, order, was, text, original, reason });
        break;
      }
      case 'spot-check': {
        const { type: _type, ...sample } = event;
        this.#spotChecks.push({ ...sample, round, order });
        break;
      }
      case 'stratum':
        this.#strata.set(event.id, [...(this.#strata.get(event.id) ?? []), ...event.questions]);
        break;
      case 'undo':
      case 'redo':
        break;
    }
  }

  /** An edit, a text or a fix is about the question as somebody read it; the data file may have another wording now. */
  #isOutdated(event: Decision): boolean {
    if (event.type === 'fix-question') {
      const { questionId, was } = event;
      const fix = this.#questions.get(questionId);
      const known = fix
        ? [fix.text, fix.original]
        : [this.#questionOf(questionId)?.question ?? was];
      return !known.includes(was);
    }
    if (!('asked' in event) || event.asked === undefined) return false;
    const own = this.#questionOf(event.questionId);
    const question = this.#questions.get(event.questionId)?.text ?? own?.question;
    return question !== undefined && nameOfWording({ ...own, question }) !== event.asked;
  }

  #decide(itemId: string, decision: ItemDecision): void {
    // A rule never overrides a person.
    if (this.#items.get(itemId)?.by === 'person' && decision.by === 'rule') return;
    this.#items.set(itemId, decision);
  }

  #confirm(questionId: string, answer: string): void {
    const known = this.#goldConfirmed.get(questionId);
    if (known) known.add(answer);
    else this.#goldConfirmed.set(questionId, new Set([answer]));
  }

  #write(
    { questionId, rationale }: Extract<Decision, { type: 'write' }>,
    by: 'person' | 'rule',
    round: number,
    order: number,
  ): void {
    const list = this.#written.get(questionId) ?? [];
    const id = writtenId(questionId, rationale);
    if (!list.some((one) => one.id === id)) {
      this.#written.set(questionId, [...list, { id, rationale, round }]);
    }
    this.#decide(id, { status: 'accepted', by, round, order });
  }
}

/** Folds the decisions of rounds 0…N, oldest round first; `events[r]` is in merge order. */
export function foldCuration(
  events: readonly (readonly RecordedDecision[])[],
  questionOf?: QuestionOf,
): Curation {
  const fold = new CurationFold(questionOf);
  events.forEach((ofRound, round) => {
    for (const event of activeDecisions(ofRound)) fold.apply(event, round);
  });
  return fold.curation;
}
