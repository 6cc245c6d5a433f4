import type { Opinion, TeachingItem } from '../../core/teaching/records.ts';
import type { KeptAttempt } from './roundFiles.ts';

export interface Received {
  readonly round: number;
  readonly item: TeachingItem;
}

/** The student's attempts, the teacher's candidates and what is said of these, by question, each once. */
export class ReceivedTexts {
  readonly #attempts = new Map<string, KeptAttempt[]>();
  readonly #candidates = new Map<string, Received[]>();
  readonly #opinions = new Map<string, Opinion[]>();
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

  opinionsOf(questionId: string): readonly Opinion[] {
    return this.#opinions.get(questionId) ?? [];
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

  addOpinion(opinion: Opinion): boolean {
    const list = this.#opinions.get(opinion.questionId);
    if (!list) this.#opinions.set(opinion.questionId, [opinion]);
    else if (list.some(({ key }) => key === opinion.key)) return false;
    else list.push(opinion);
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
