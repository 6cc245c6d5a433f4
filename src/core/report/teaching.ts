import type { ErrorKind, Purpose, TeacherRecord } from '../teaching/records.ts';

/** What one profile was asked and what came back. */
export interface Spent {
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Requests that brought no reply and may have been billed all the same. */
  readonly possiblyBilled: number;
  /** Some counts of tokens are Tailor's own. */
  readonly estimated: boolean;
}

/** What the teacher wrote about a question, as far as a report asks. */
export interface TaughtItem {
  readonly itemId: string;
  readonly questionId: string;
  readonly purpose: Purpose;
  /** Template and the first digits of its hash; null where the journals do not tell. */
  readonly prompt: string | null;
  readonly errorKind: ErrorKind | null;
  /** Passed the gate. */
  readonly accepted: boolean;
  /** Null where the reply had none. One that did not pass is taught where a person accepted it. */
  readonly rationale: string | null;
}

interface Asked {
  readonly profile: string;
  readonly prompt: string;
}

const NOTHING: Spent = {
  calls: 0,
  promptTokens: 0,
  completionTokens: 0,
  possiblyBilled: 0,
  estimated: false,
};

/** A round's teacher journals, record by record, in whatever order their files are read. */
export class TeachingFold {
  readonly #asked = new Map<string, Asked>();
  /** Request → what its replies say, and how many attempts are without an end. */
  readonly #spent = new Map<string, Spent & { readonly open: number }>();
  readonly #items = new Map<string, Omit<TaughtItem, 'prompt'> & { readonly key: string }>();

  take(record: TeacherRecord): void {
    const { key } = record;
    const spent = this.#spent.get(key) ?? { ...NOTHING, open: 0 };
    switch (record.type) {
      case 'intent': {
        const prompt = `${record.templateId}@${record.templateHash.slice(0, 8)}`;
        this.#asked.set(key, { profile: record.profile, prompt });
        this.#spent.set(key, { ...spent, open: spent.open + 1 });
        return;
      }
      case 'reply': {
        const { promptTokens, completionTokens, estimated } = record.usage;
        this.#spent.set(key, {
          ...spent,
          open: spent.open - 1,
          calls: spent.calls + 1,
          promptTokens: spent.promptTokens + promptTokens,
          completionTokens: spent.completionTokens + completionTokens,
          estimated: spent.estimated || estimated,
        });
        return;
      }
      case 'fail':
        this.#spent.set(key, {
          ...spent,
          open: spent.open - 1,
          possiblyBilled: spent.possiblyBilled + (record.possiblyBilled ? 1 : 0),
        });
        return;
      case 'item': {
        if (this.#items.has(key)) return;
        const { itemId, questionId, purpose, errorKind, accepted, rationale } = record;
        this.#items.set(key, { key, itemId, questionId, purpose, errorKind, accepted, rationale });
      }
    }
  }

  /** By profile; '' for replies whose request is not in the journals. */
  spent(): ReadonlyMap<string, Spent> {
    const sums = new Map<string, Spent>();
    for (const [key, { open, ...one }] of this.#spent) {
      const profile = this.#asked.get(key)?.profile ?? '';
      const lost = Math.max(0, open);
      const sum = sums.get(profile) ?? NOTHING;
      sums.set(profile, added(sum, { ...one, possiblyBilled: one.possiblyBilled + lost }));
    }
    return sums;
  }

  items(): TaughtItem[] {
    return [...this.#items.values()].map(({ key, ...item }) => ({
      ...item,
      prompt: this.#asked.get(key)?.prompt ?? null,
    }));
  }
}

function added(a: Spent, b: Spent): Spent {
  return {
    calls: a.calls + b.calls,
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    possiblyBilled: a.possiblyBilled + b.possiblyBilled,
    estimated: a.estimated || b.estimated,
  };
}

/** All profiles together. */
export function spentInAll(spent: ReadonlyMap<string, Spent>): Spent {
  return [...spent.values()].reduce(added, NOTHING);
}
