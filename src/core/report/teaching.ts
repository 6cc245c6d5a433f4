import {
  fateOfOpen,
  NONE_OPEN,
  withRecord,
  type DatedRecord,
  type OpenRequests,
} from '../teaching/openRequests.ts';
import {
  billedUnknown,
  type ErrorKind,
  type TeachingPurpose,
  type TeacherReply,
  type Usage,
} from '../teaching/records.ts';
import { Purse, type Amount } from '../../shared/money.ts';

/** What one profile was asked and what came back. */
export interface Spent {
  /** Replies of which it is known what they were billed. */
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the prompts', those that the server had read before. */
  readonly cachedTokens: number;
  /** Requests of a living process that waits for their replies. */
  readonly underWay: number;
  /** Requests of which nobody can tell what they were billed; none of them is among the calls. */
  readonly possiblyBilled: number;
  /** Some counts of tokens are Tailor's own. */
  readonly estimated: boolean;
  /** What the records say that it cost, by currency. */
  readonly recorded: readonly Amount[];
  /** Tokens of replies whose records name no money, or no currency. */
  readonly unpriced: Tokens;
}

type Tokens = Pick<Usage, 'promptTokens' | 'completionTokens' | 'cachedTokens'>;

/** What the teacher wrote about a question, as far as a report asks. */
export interface TaughtItem {
  readonly itemId: string;
  readonly questionId: string;
  readonly purpose: TeachingPurpose;
  /** Template and the first digits of its hash; null where the journals do not tell. */
  readonly prompt: string | null;
  readonly errorKind: ErrorKind | null;
  /** Passed the gate. */
  readonly accepted: boolean;
  /** Null where the reply had none. One that did not pass is taught where a person accepted it. */
  readonly rationale: string | null;
}

/** What asking for second opinions took of a round's calls. */
export interface Judged {
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

interface Asked {
  readonly profile: string;
  readonly prompt: string;
}

const NOTHING: Spent = {
  calls: 0,
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  underWay: 0,
  possiblyBilled: 0,
  estimated: false,
  recorded: [],
  unpriced: { promptTokens: 0, completionTokens: 0, cachedTokens: 0 },
};

type OfRequest = Omit<Spent, 'underWay'> & OpenRequests;

/**
 * A round's teacher journals, record by record, in whatever order their files are read. `askingSince` is when the
 * process that now asks began; null where none does.
 */
export class TeachingFold {
  readonly #asked = new Map<string, Asked>();
  /** Request → what its replies say, and how many attempts are without an end. */
  readonly #spent = new Map<string, OfRequest>();
  readonly #askingSince: string | null;
  readonly #items = new Map<string, Omit<TaughtItem, 'prompt'> & { readonly key: string }>();

  readonly #judging = { calls: 0, promptTokens: 0, completionTokens: 0 };

  constructor(askingSince: string | null) {
    this.#askingSince = askingSince;
  }

  take(record: DatedRecord): void {
    const { key } = record;
    if (record.type === 'reply' && record.purpose === 'review' && !billedUnknown(record)) {
      this.#judging.calls += 1;
      this.#judging.promptTokens += record.usage.promptTokens;
      this.#judging.completionTokens += record.usage.completionTokens;
    }
    const before = this.#spent.get(key) ?? { ...NOTHING, ...NONE_OPEN };
    const spent = { ...before, ...withRecord(before, record, this.#askingSince) };
    switch (record.type) {
      case 'intent': {
        const prompt = `${record.templateId}@${record.templateHash.slice(0, 8)}`;
        this.#asked.set(key, { profile: record.profile, prompt });
        this.#spent.set(key, spent);
        return;
      }
      case 'reply': {
        const { promptTokens, completionTokens, cachedTokens, estimated } = record.usage;
        const isUnknown = billedUnknown(record);
        this.#spent.set(key, {
          ...spent,
          calls: spent.calls + (isUnknown ? 0 : 1),
          promptTokens: spent.promptTokens + promptTokens,
          completionTokens: spent.completionTokens + completionTokens,
          cachedTokens: spent.cachedTokens + cachedTokens,
          possiblyBilled: spent.possiblyBilled + (isUnknown ? 1 : 0),
          estimated: spent.estimated || estimated,
          ...moneyAfter(spent, record),
        });
        return;
      }
      case 'fail':
        this.#spent.set(key, {
          ...spent,
          possiblyBilled: spent.possiblyBilled + (record.possiblyBilled ? 1 : 0),
        });
        return;
      case 'opinion':
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
    for (const [key, { open, ofNow, ...one }] of this.#spent) {
      const profile = this.#asked.get(key)?.profile ?? '';
      const { underWay, lost } = fateOfOpen({ open, ofNow });
      const sum = sums.get(profile) ?? NOTHING;
      sums.set(
        profile,
        added(sum, { ...one, underWay, possiblyBilled: one.possiblyBilled + lost }),
      );
    }
    return sums;
  }

  judged(): Judged {
    return this.#judging;
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
    cachedTokens: a.cachedTokens + b.cachedTokens,
    underWay: a.underWay + b.underWay,
    possiblyBilled: a.possiblyBilled + b.possiblyBilled,
    estimated: a.estimated || b.estimated,
    recorded: together(a.recorded, b.recorded),
    unpriced: tokensTogether(a.unpriced, b.unpriced),
  };
}

/** What one more reply adds: its cost in its currency, or its tokens where its record does not tell. */
function moneyAfter(
  { recorded, unpriced }: Pick<Spent, 'recorded' | 'unpriced'>,
  { cost, currency, usage }: TeacherReply,
): Pick<Spent, 'recorded' | 'unpriced'> {
  return cost === undefined || currency === undefined
    ? { recorded, unpriced: tokensTogether(unpriced, usage) }
    : { recorded: together(recorded, [{ amount: cost, currency }]), unpriced };
}

function together(a: readonly Amount[], b: readonly Amount[]): Amount[] {
  const purse = new Purse();
  purse.addAll(a);
  purse.addAll(b);
  return purse.amounts;
}

function tokensTogether(a: Tokens, b: Tokens): Tokens {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
  };
}

/** All profiles together. */
export function spentInAll(spent: ReadonlyMap<string, Spent>): Spent {
  return [...spent.values()].reduce(added, NOTHING);
}
