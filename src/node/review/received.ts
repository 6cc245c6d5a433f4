import type { TeachingItem } from '../../core/teaching/records.ts';
import type { KeptAttempt } from './roundFiles.ts';

export interface Received {
  readonly round: number;
  readonly item: TeachingItem;
}

/** The student's attempts and the teacher's candidates of a round, by question, each once. */
export class ReceivedTexts {
  readonly #attempts = new Map<string, KeptAttempt[]>();
  readonly #candidates = new Map<string, Received[]>();
  #count = 0;

  /** How many attempts there are. */
  get attempts(): number {
    return this.#count;
  }

  /** Questions with a candidate. */
  get taught(): number {
    return this.#candidates.size;
  }

  attemptsOf(questionId: string): readonly KeptAttempt[] {
    return this.#attempts.get(questionId) ?? [];
  }

  candidatesOf(questionId: string): readonly Received[] {
    return this.#candidates.get(questionId) ?? [];
  }

  /** True when it is new. Of several records of one attempt the first written counts, as everywhere. */
  addAttempt(attempt: KeptAttempt): boolean {
    const list = this.#attempts.get(attempt.questionId);
    if (!list) {
      this.#attempts.set(attempt.questionId, [attempt]);
      this.#count += 1;
      return true;
    }
    const place = list.findIndex(
      ({ sample, asked }) => sample === attempt.sample && asked === attempt.asked,
    );
    const before = list[place];
    if (before && before.at <= attempt.at) return false;
    if (before) list[place] = attempt;
    else {
      list.push(attempt);
      this.#count += 1;
    }
    return true;
  }

  addItem(item: TeachingItem, round: number): boolean {
    const list = this.#candidates.get(item.questionId);
    if (!list) this.#candidates.set(item.questionId, [{ round, item }]);
    else if (list.some((known) => known.round === round && known.item.key === item.key)) {
      return false;
    } else list.push({ round, item });
    return true;
  }
}
