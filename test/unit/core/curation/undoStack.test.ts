import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedDecision } from '../../../../src/core/curation/activeDecisions.ts';
import { foldCuration, type Curation } from '../../../../src/core/curation/curation.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { undoStack } from '../../../../src/core/curation/undoStack.ts';
import { ana } from '../../../fakes/reviewMaterial.ts';

const ben = { kind: 'person', name: 'ben' } as const;
type Way = 'undo' | 'redo';

/** Two people on one round: each has a writer, all events in one journal in the order in which they came. */
class Table {
  readonly events: RecordedDecision[] = [];
  #action = 0;
  readonly #seq = new Map<string, number>();

  append(writer: string, decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      const seq = this.#seq.get(writer) ?? 0;
      this.#seq.set(writer, seq + 1);
      this.events.push({ ...decision, writer, seq, at: '' });
    }
  }

  act(writer: string, decisions: readonly Decision[]): void {
    this.#action += 1;
    const action = `${writer}-${this.#action}`;
    this.append(
      writer,
      decisions.map((decision) => ({ ...decision, action })),
    );
  }

  stack(writer: string) {
    return undoStack(this.events, (event) => event.writer === writer);
  }

  step(writer: string, way: Way): boolean {
    const step = this.stack(writer)[way];
    this.#action += 1;
    if (step) this.append(writer, step.decisions(ana, `${writer}-${this.#action}`));
    return step !== null;
  }

  curation(): Curation {
    return foldCuration([this.events]);
  }
}

/** What a curation says, whatever order the events had that were taken back. */
function meaning(curation: Curation): unknown {
  const plain = <T extends object>(map: ReadonlyMap<string, T>) =>
    [...map].map(([key, value]) => [key, { ...value, order: 0 }]).sort();
  return {
    items: plain(curation.items),
    gold: [...curation.gold].sort(),
    hints: [...curation.hints].sort(),
    pairs: [...curation.pairs].sort(),
    written: [...curation.written].sort(),
    confirmed: [...curation.goldConfirmed].sort(),
    counts: curation.counts,
  };
}

const target = fc.record({
  questionId: fc.constantFrom('q1', 'q2', 'q3'),
  itemId: fc.constantFrom('i1', 'i2', 'i3'),
});
const decision = (author: Decision['author']): fc.Arbitrary<Decision> =>
  fc.oneof(
    target.map((one): Decision => ({ type: 'accept', author, items: [one] })),
    fc
      .array(target, { minLength: 1, maxLength: 3 })
      .map((items): Decision => ({ type: 'reject', author, items })),
    fc
      .tuple(target, fc.constantFrom('a', 'b'))
      .map(([one, rationale]): Decision => ({ type: 'edit', author, ...one, rationale })),
    fc
      .tuple(fc.constantFrom('q1', 'q2'), fc.constantFrom('7', '8'))
      .map(([questionId, answer]): Decision => ({
        type: 'fix-gold',
        author,
        questionId,
        was: '1',
        answer,
      })),
    fc.constantFrom('q1', 'q2').map((questionId): Decision => ({
      type: 'pair-drop',
      author,
      questionId,
      sample: 0,
      fingerprint: 'f',
      textHash: 't',
    })),
  );
const acts = (author: Decision['author']) =>
  fc.array(decision(author), { minLength: 1, maxLength: 3 });
const moves = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: acts(ana).map((made) => ({ who: 'pc-1', made })) },
    { weight: 1, arbitrary: acts(ben).map((made) => ({ who: 'other-1', made })) },
    {
      weight: 4,
      arbitrary: fc.record({
        who: fc.constantFrom('pc-1', 'other-1'),
        way: fc.constantFrom<Way>('undo', 'redo'),
      }),
    },
  ),
  { maxLength: 25 },
);

describe('undoStack', () => {
  it('any acts, undos and redos of two people come to the same as the surviving acts alone', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const table = new Table();
        // The plain model: all acts in order, each person with a stack of undone ones.
        const acts: { who: string; made: readonly Decision[]; stands: boolean }[] = [];
        const undone = new Map<string, (typeof acts)[number][]>();
        for (const step of steps) {
          const own = undone.get(step.who) ?? [];
          undone.set(step.who, own);
          if ('made' in step) {
            table.act(step.who, step.made);
            acts.push({ ...step, stands: true });
            own.length = 0;
            continue;
          }
          const did = table.step(step.who, step.way);
          const act =
            step.way === 'undo'
              ? acts.findLast(({ who, stands }) => who === step.who && stands)
              : own.pop();
          expect(did).toBe(act !== undefined);
          if (!act) continue;
          act.stands = step.way === 'redo';
          if (step.way === 'undo') own.push(act);
        }
        const plain = new Table();
        for (const { who, made, stands } of acts) if (stands) plain.act(who, made);
        expect(meaning(table.curation())).toEqual(meaning(plain.curation()));
      }),
      { numRuns: 300 },
    );
  });

  it('goes back to the very beginning and forth again, a bulk act as one step', () => {
    const table = new Table();
    const items = [{ questionId: 'q1', itemId: 'i1' }];
    for (let n = 0; n < 50; n += 1) {
      table.act('pc-1', [
        { type: n % 2 === 0 ? 'accept' : 'reject', author: ana, items },
        { type: 'hint', author: ana, questionId: 'q1', hint: String(n) },
      ]);
    }
    const whole = meaning(table.curation());
    for (let n = 0; n < 50; n += 1) {
      expect(table.stack('pc-1').undo?.of).toHaveLength(2);
      expect(table.step('pc-1', 'undo')).toBe(true);
    }
    expect(table.step('pc-1', 'undo')).toBe(false);
    expect(table.curation().items.size).toBe(0);
    for (let n = 0; n < 50; n += 1) expect(table.step('pc-1', 'redo')).toBe(true);
    expect(table.step('pc-1', 'redo')).toBe(false);
    expect(meaning(table.curation())).toEqual(whole);
  });

  it('takes back the rest of an undo that was stopped half-way', () => {
    const table = new Table();
    const hint = (text: string): Decision => ({
      type: 'hint',
      author: ana,
      questionId: text,
      hint: text,
    });
    table.act('pc-1', [hint('a'), hint('b'), hint('c')]);
    const [first] = table.stack('pc-1').undo?.decisions(ana, 'u') ?? [];
    table.append('pc-1', [first!]);
    expect([...table.curation().hints.keys()]).toEqual(['a', 'b']);
    expect(table.step('pc-1', 'undo')).toBe(true);
    expect(table.curation().hints.size).toBe(0);
    expect(table.step('pc-1', 'redo')).toBe(true);
    expect([...table.curation().hints.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('reads events of before there were actions as one step each', () => {
    const table = new Table();
    table.append('pc-1', [
      { type: 'hint', author: ana, questionId: 'q1', hint: 'x' },
      { type: 'hint', author: ana, questionId: 'q2', hint: 'y' },
    ]);
    expect(table.stack('pc-1').undo?.of.map(({ seq }) => seq)).toEqual([1]);
    expect(table.stack('other-1')).toEqual({ undo: null, redo: null });
  });
});
