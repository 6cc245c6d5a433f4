import type { RecordedDecision } from './activeDecisions.ts';
import type { Decision } from './decision.ts';
import { questionsOf } from './decisionLog.ts';
import { wordsOf, type Topic } from './topics.ts';
import { whoOf } from './whoDecided.ts';

/** A person's last word on a topic. */
export interface Voice {
  readonly event: RecordedDecision;
  /** Equal where people agree. */
  readonly value: string;
}

/** Words of several people on one topic that differ, none of them said in knowledge of the others. */
export interface Disagreement {
  readonly topic: Topic;
  /** In merge order. */
  readonly voices: readonly Voice[];
  /** The one that counts now; null where none of them does. */
  readonly holds: Voice | null;
}

/** What people disagree on in one round. */
export interface Disagreements {
  of(questionId: string): readonly Disagreement[];
  /**
   * The decisions with what their person knew of: the words of others that they overrule. Said again in such knowledge,
   * a word settles a disagreement. `writer` is who is about to write them.
   */
  inKnowledge(decisions: readonly Decision[], writer: string): Decision[];
  /** questionId → what is disputed of it; only questions with something. */
  all(): ReadonlyMap<string, readonly Disagreement[]>;
}

/** The name by which one decision of a round speaks of another. */
export const nameOfDecision = ({ writer, seq }: Pick<RecordedDecision, 'writer' | 'seq'>): string =>
  `${writer}#${seq}`;

/**
 * The earliest time that decisions may carry: behind those that they overrule knowingly, also where the other computer's
 * clock is ahead. Otherwise the older word would count. 0 where they overrule none.
 */
export function behindKnown(
  decisions: readonly Decision[],
  events: readonly RecordedDecision[],
): number {
  const known = new Set(decisions.flatMap(({ knows = [] }) => knows));
  return events.reduce(
    (latest, event) =>
      known.has(nameOfDecision(event)) ? Math.max(latest, Date.parse(event.at) + 1) : latest,
    0,
  );
}

interface Standing {
  readonly topic: Topic;
  /** Words that no later one was said in knowledge of. */
  heads: Voice[];
}

/** The words on each topic of a question that nobody has overruled knowingly; `events` stand, in merge order. */
function standingWords(events: readonly RecordedDecision[]): ReadonlyMap<string, Standing> {
  const topics = new Map<string, Standing>();
  for (const event of events) {
    if (event.author.kind !== 'person') continue;
    const who = whoOf(event);
    const known = new Set(event.knows ?? []);
    for (const { topic, value } of wordsOf(event)) {
      const standing = topics.get(topic.key) ?? { topic, heads: [] };
      topics.set(topic.key, standing);
      // What is said of one of several identical attempts is said of all, in one act: one word, named by its first part.
      if (standing.heads.some((head) => isSameWord(head, { event, value }))) continue;
      standing.heads = standing.heads.filter(
        (head) => whoOf(head.event) !== who && !known.has(nameOfDecision(head.event)),
      );
      standing.heads.push({ event, value });
    }
  }
  return topics;
}

function isSameWord(head: Voice, { event, value }: Voice): boolean {
  const { action } = event;
  const sameAct = action !== undefined && head.event.action === action;
  return sameAct && head.value === value && whoOf(head.event) === whoOf(event);
}

function disagreementsIn(events: readonly RecordedDecision[]): readonly Disagreement[] {
  const found: Disagreement[] = [];
  for (const { topic, heads } of standingWords(events).values()) {
    if (new Set(heads.map(({ value }) => value)).size < 2) continue;
    found.push({ topic, voices: heads, holds: holding(topic, heads, events) });
  }
  return found;
}

/** By the rules of the fold: of people's words the last one; a gold that was fixed is not unfixed by confirming another. */
function holding(
  { matter }: Topic,
  heads: readonly Voice[],
  events: readonly RecordedDecision[],
): Voice | null {
  const fix = events.findLast(({ type }) => type === 'fix-gold');
  if (matter !== 'gold' || fix?.type !== 'fix-gold') return heads.at(-1) ?? null;
  return heads.findLast(({ value }) => value === fix.answer) ?? null;
}

const NONE: readonly Disagreement[] = [];

/**
 * What people disagree on in the latest round, kept up decision by decision. Nothing is sorted by question before a second
 * person has decided: most rounds are one person's.
 */
export class DisagreementFold implements Disagreements {
  #round = -1;
  readonly #people = new Set<string>();
  #events: RecordedDecision[] = [];
  #byQuestion: Map<string, RecordedDecision[]> | null = null;
  readonly #known = new Map<string, readonly Disagreement[]>();
  #all: ReadonlyMap<string, readonly Disagreement[]> | null = null;

  /** Takes a decision that stands, behind those before it; one that is in no journal says nothing yet. */
  apply(event: Decision | RecordedDecision, round: number): void {
    if (!('writer' in event)) return;
    if (round !== this.#round) this.#begin(round);
    if (event.author.kind !== 'person') return;
    this.#all = null;
    this.#people.add(whoOf(event));
    this.#events.push(event);
    if (this.#byQuestion) this.#sort(event, this.#byQuestion);
    else if (this.#people.size > 1) this.#sorted();
  }

  of(questionId: string): readonly Disagreement[] {
    const known = this.#known.get(questionId);
    if (known) return known;
    const events = this.#byQuestion?.get(questionId);
    if (!events) return NONE;
    const found = disagreementsIn(events);
    this.#known.set(questionId, found);
    return found;
  }

  all(): ReadonlyMap<string, readonly Disagreement[]> {
    this.#all ??= new Map(
      [...(this.#byQuestion?.keys() ?? [])].flatMap((id) => {
        const found = this.of(id);
        return found.length === 0 ? [] : [[id, found] as const];
      }),
    );
    return this.#all;
  }

  inKnowledge(decisions: readonly Decision[], writer: string): Decision[] {
    return decisions.map((decision) => {
      if (decision.author.kind !== 'person') return decision;
      const who = whoOf({ author: decision.author, writer });
      if (![...this.#people].some((other) => other !== who)) return decision;
      const byQuestion = this.#sorted();
      const standing = new Map<string, ReadonlyMap<string, Standing>>();
      const knows = new Set<string>();
      for (const { questionId: id, topic, value } of wordsOf(decision)) {
        const words = standing.get(id) ?? standingWords(byQuestion.get(id) ?? []);
        standing.set(id, words);
        for (const head of words.get(topic.key)?.heads ?? []) {
          const overrules = whoOf(head.event) !== who && head.value !== value;
          if (overrules) knows.add(nameOfDecision(head.event));
        }
      }
      return knows.size === 0 ? decision : { ...decision, knows: [...knows] };
    });
  }

  #sorted(): Map<string, RecordedDecision[]> {
    if (this.#byQuestion) return this.#byQuestion;
    const byQuestion = new Map<string, RecordedDecision[]>();
    for (const one of this.#events) this.#sort(one, byQuestion);
    return (this.#byQuestion = byQuestion);
  }

  #begin(round: number): void {
    this.#round = round;
    this.#people.clear();
    this.#events = [];
    this.#byQuestion = null;
    this.#known.clear();
    this.#all = null;
  }

  #sort(event: RecordedDecision, byQuestion: Map<string, RecordedDecision[]>): void {
    for (const [id, own] of byItsQuestions(event)) {
      this.#known.delete(id);
      const list = byQuestion.get(id);
      if (list) list.push(own);
      else byQuestion.set(id, [own]);
    }
  }
}

/** A decision by the questions that it is about: of a bulk decision, which may name thousands, each its own part. */
function byItsQuestions(event: RecordedDecision): [string, RecordedDecision][] {
  if (event.type !== 'accept' && event.type !== 'reject') {
    return questionsOf(event).map((id) => [id, event]);
  }
  const items = new Map<string, typeof event.items>();
  for (const item of event.items) {
    const list = items.get(item.questionId);
    if (list) list.push(item);
    else items.set(item.questionId, [item]);
  }
  return [...items].map(([id, own]) => [id, { ...event, items: own }]);
}

/** Whether people disagree on one topic of a question. */
export function isDisputed(
  { disagreements }: { readonly disagreements: Disagreements },
  questionId: string,
  ...keys: readonly string[]
): boolean {
  return disagreements.of(questionId).some(({ topic }) => keys.includes(topic.key));
}
