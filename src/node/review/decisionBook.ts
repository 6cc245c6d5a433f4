import { activeDecisions, type RecordedDecision } from '../../core/curation/activeDecisions.ts';
import { CurationFold, type Curation, type QuestionOf } from '../../core/curation/curation.ts';
import type { Decision } from '../../core/curation/decision.ts';
import { questionsOf } from '../../core/curation/decisionLog.ts';
import { mergeByTime } from '../storage/readJournal.ts';

type Event = RecordedDecision;

interface OfRound {
  /** In merge order. */
  events: Event[];
  readonly byName: Map<string, Event>;
  /** The latest time that any of them carries. */
  latest: number;
}

const nameOf = (writer: string, seq: number): string => `${writer}#${seq}`;

/** Every decision of rounds 0…N in merge order, with what they add up to. */
export class DecisionBook {
  readonly #rounds: OfRound[];
  readonly #questionOf: QuestionOf;
  #fold: CurationFold;
  /** questionId → the standing decisions on it, in order. */
  #about = new Map<string, Event[]>();

  constructor(round: number, questionOf?: QuestionOf) {
    this.#questionOf = questionOf ?? (() => undefined);
    this.#fold = new CurationFold(this.#questionOf);
    this.#rounds = Array.from({ length: round + 1 }, () => ({
      events: [],
      byName: new Map<string, Event>(),
      latest: Number.NEGATIVE_INFINITY,
    }));
  }

  get curation(): Curation {
    return this.#fold.curation;
  }

  /** Of one round, in merge order, taken back ones included. */
  events(round: number): readonly Event[] {
    return this.#rounds[round]?.events ?? [];
  }

  /** The standing decisions on a question, oldest first. */
  about(questionId: string): readonly Event[] {
    return this.#about.get(questionId) ?? [];
  }

  /** What is decided on one question, and would be with these decisions of the latest round behind the others. */
  curationOf(questionId: string, more: readonly Decision[] = []): Curation {
    const fold = new CurationFold(this.#questionOf);
    const about = this.about(questionId);
    this.#rounds.forEach(({ byName }, round) => {
      for (const event of about) {
        if (byName.get(nameOf(event.writer, event.seq)) !== event) continue;
        fold.apply(onlyOn(questionId, event), round);
      }
    });
    for (const one of more) fold.apply(one, this.#rounds.length - 1);
    return fold.curation;
  }

  /** Questions on which a decision stands. */
  decided(): Iterable<string> {
    return this.#about.keys();
  }

  /** Takes in decisions, those it knows among them; returns the questions that the new ones change. */
  add(round: number, events: readonly Event[]): ReadonlySet<string> {
    const of = this.#rounds[round];
    const fresh = events.filter(({ writer, seq }) => of && !of.byName.has(nameOf(writer, seq)));
    if (!of || fresh.length === 0) return new Set();
    for (const event of fresh) of.byName.set(nameOf(event.writer, event.seq), event);
    const grown = this.#append(of, fresh);
    const plain = fresh.every(({ type }) => type !== 'undo' && type !== 'redo');
    if (grown && plain && round === this.#rounds.length - 1) {
      for (const event of fresh) this.#apply(event, round);
    } else this.#refold();
    return new Set(fresh.flatMap((event) => questionsOf(this.#target(of, event))));
  }

  /** Puts new events into merge order; true when all of them came after what was there. */
  #append(of: OfRound, fresh: Event[]): boolean {
    const latest = of.latest;
    for (const { at } of fresh) of.latest = Math.max(of.latest, Date.parse(at));
    const last = of.events.at(-1);
    let before = last;
    const inOrder = fresh.every((event) => {
      const follows = before === undefined || isAfter(event, before);
      before = event;
      return follows && Date.parse(event.at) >= latest;
    });
    if (inOrder) for (const event of fresh) of.events.push(event);
    else of.events = mergeByTime([[...of.events, ...fresh]]);
    return inOrder;
  }

  #refold(): void {
    this.#fold = new CurationFold(this.#questionOf);
    this.#about = new Map();
    this.#rounds.forEach(({ events }, round) => {
      for (const event of activeDecisions(events)) this.#apply(event, round);
    });
  }

  #apply(event: Event, round: number): void {
    this.#fold.apply(event, round);
    for (const id of questionsOf(event)) {
      const list = this.#about.get(id);
      if (list) list.push(event);
      else this.#about.set(id, [event]);
    }
  }

  /** What an undo or a redo is about in the end. */
  #target(of: OfRound, event: Event): Event {
    let target: Event = event;
    // A chain is as long as somebody changed their mind, and never goes round: a record names an earlier one.
    for (let step = 0; step < of.byName.size; step += 1) {
      if (target.type !== 'undo' && target.type !== 'redo') return target;
      const next = of.byName.get(nameOf(target.ofWriter, target.ofSeq));
      if (next === undefined) return target;
      target = next;
    }
    return target;
  }
}

/** A list may name twenty thousand others. */
function onlyOn(questionId: string, event: Event): Decision {
  if (event.type !== 'accept' && event.type !== 'reject') return event;
  return { ...event, items: event.items.filter((one) => one.questionId === questionId) };
}

/** Whether one record surely comes after another in merge order. */
function isAfter(event: Event, before: Event): boolean {
  const gap = Date.parse(event.at) - Date.parse(before.at);
  if (gap !== 0) return gap > 0;
  if (event.writer !== before.writer) return event.writer > before.writer;
  return event.seq > before.seq;
}
