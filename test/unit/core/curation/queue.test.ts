import { describe, expect, it } from 'vitest';
import { NO_FILTER, type Filter, type Sort } from '../../../../src/shared/reviewQueue.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { ReviewIndex } from '../../../../src/core/curation/queue.ts';
import { runWhole } from '../../../../src/core/runWhole.ts';
import { sortedByKey, sortKey } from '../../../../src/core/curation/queueOrder.ts';
import { outcomesByQuestion, reviewItems } from '../../../../src/core/curation/reviewItem.ts';
import { gradeStored } from '../../../../src/core/round/grading.ts';
import type { Question } from '../../../../src/core/dataset/question.ts';
import {
  aCandidate,
  ana,
  anAttempt,
  curationOf,
  LIMITS,
  rule,
} from '../../../fakes/reviewMaterial.ts';

const texts = (...answers: (number | string)[]): string[] =>
  answers.map((answer) => ` so many.\nAnswer: ${answer}`);
interface Spec {
  readonly gold: number;
  readonly texts: readonly string[];
  readonly rationales?: readonly string[];
  readonly earlier?: readonly string[];
}
const SPECS: Readonly<Record<string, Spec>> = {
  plain: { gold: 8, texts: texts(7, 6, 8, 5), rationales: ['5 + 3 = 8.\nAnswer: 8'] },
  known: { gold: 8, texts: texts(8, 8, 8, 8) },
  doubted: { gold: 8, texts: texts(9, 9, 9, 8), rationales: ['5 + 3 = 8.\nAnswer: 8'] },
  gated: { gold: 8, texts: texts(7, 6, 8, 8), rationales: ['5 + 3 = 9.\nAnswer: 9'] },
  bare: { gold: 8, texts: texts(1, 2, 3, 4) },
  lucky: { gold: 8, texts: [...texts(7), ' 5 + 4 = 8.\nAnswer: 8'], rationales: ['x.\nAnswer: 8'] },
  again: { gold: 8, texts: texts(7, 8), rationales: ['y.\nAnswer: 8'], earlier: texts(1, 8) },
};

function anIndex(decisions: readonly Decision[] = []) {
  const curation = curationOf(decisions);
  const questions = Object.entries(SPECS).map(([id, { gold }], n): Question => ({
    id,
    question: `Zoë № ${n} has ５ boxes: how many?`,
    answer: String(gold),
  }));
  const graded = (of: (spec: Spec) => readonly string[]) =>
    gradeStored(
      questions,
      questions.flatMap(({ id }) => of(SPECS[id]!).map((text, n) => anAttempt(id, n, text))),
      curation,
    );
  const items = reviewItems({
    round: 1,
    gate: LIMITS,
    useDatasetRationales: true,
    questions,
    attempts: graded((spec) => spec.texts),
    candidates: [
      {
        round: 1,
        items: questions.flatMap((one) =>
          (SPECS[one.id]?.rationales ?? []).map((text) => aCandidate(one, text)),
        ),
      },
    ],
    history: [
      {
        round: 0,
        outcomes: outcomesByQuestion(
          0,
          graded((s) => s.earlier ?? []),
          curation,
        ),
      },
    ],
    curation,
  });
  return new ReviewIndex(items, curation);
}

function ask(index: ReviewIndex, filter: Partial<Filter>, sort: Sort = 'data-order'): string[] {
  const found = runWhole(index.query({ ...NO_FILTER, ...filter }, sort));
  return (found ?? []).map((place) => index.items[place]?.id ?? '?');
}

const itemId = (index: ReviewIndex, id: string): string =>
  index.item(id)?.candidates[0]?.item.itemId ?? '';

describe('the queue', () => {
  it('knows the flags of its items', () => {
    const index = anIndex();
    const flags = Object.keys(SPECS).map((id) => [id, index.row(id)?.flags]);
    expect(Object.fromEntries(flags)).toEqual({
      plain: [],
      known: ['no-candidate'],
      doubted: ['gold-in-doubt'],
      gated: ['gate-failed'],
      bare: ['no-candidate'],
      lucky: ['right-by-luck'],
      again: ['repeat-miss'],
    });
  });

  it('goes by what the rounds say: what was lost, then what wavers, then what was never got', () => {
    const index = anIndex();
    const courses = Object.keys(SPECS).map((id) => [id, index.row(id)?.trajectory]);
    expect(Object.fromEntries(courses)).toEqual({
      plain: 'flaky',
      known: 'known',
      doubted: 'flaky',
      gated: 'flaky',
      bare: 'unclear',
      lucky: 'unclear',
      again: 'flaky',
    });
    const row = index.row('plain')!;
    const given = ['known', 'learned', 'unclear', 'stubborn', 'flaky', 'forgotten'] as const;
    const rows = [...given, 'flaky' as const].map((trajectory, at) => ({
      ...row,
      trajectory,
      right: at === 6 ? 0 : 3,
    }));
    const order = sortedByKey(
      rows.map((_, at) => at),
      (at) => sortKey(rows[at] ?? row, 'trajectory'),
    );
    // Within a course the least right come first.
    expect(order).toEqual([5, 6, 4, 3, 2, 1, 0]);
    expect(ask(index, {}, 'trajectory').slice(-2)).toEqual(['bare', 'lucky']);
  });

  it('shows flagged ones first, the worst flag foremost, and the data’s order within', () => {
    expect(ask(anIndex(), {}, 'flagged-first')).toEqual([
      'doubted',
      'gated',
      'lucky',
      'bare',
      'again',
      'plain',
    ]);
    expect(ask(anIndex(), {}, 'least-right')).toEqual([
      'bare',
      'plain',
      'doubted',
      'gated',
      'lucky',
      'again',
    ]);
    expect(ask(anIndex(), {}, 'most-missed')[0]).toBe('again');
  });

  it.each<[Partial<Filter>, string[]]>([
    [{ scope: 'all' }, Object.keys(SPECS)],
    [{ scope: 'taught' }, ['plain', 'doubted', 'gated', 'lucky', 'again']],
    [{ unflagged: true }, ['plain']],
    [{ flags: ['gate-failed', 'no-candidate'] }, ['gated', 'bare']],
    [{ misses: 2 }, ['again']],
    [{ only: { label: '', ids: ['bare', 'gone', 'plain'] } }, ['plain', 'bare']],
    [{ only: { label: '', ids: ['known'] } }, []],
    [{ scope: 'all', only: { label: '', ids: ['known'] } }, ['known']],
    [{ pair: ['blocked'] }, ['doubted']],
    [{ answer: '9' }, ['doubted']],
    [{ answer: '7.0', flags: ['gate-failed'] }, ['gated']],
    [{ sources: ['annotate'] }, []],
    [{ sources: ['feedback'], flags: ['gate-failed'] }, ['gated']],
    [{ status: ['accepted'] }, []],
    [{ search: 'GATED' }, ['gated']],
    [{ search: 'zoë no 5 box 6' }, ['plain', 'gated', 'again']],
    [{ search: 'ZOË nowhere' }, []],
  ])('finds with %j', (filter, expected) => {
    expect(ask(anIndex(), filter)).toEqual(expected);
  });

  it('follows decisions on the questions that it is told about', () => {
    const index = anIndex();
    expect(ask(index, { status: ['todo'] })).toHaveLength(6);
    const accept: Decision = {
      type: 'accept',
      author: rule,
      items: [{ questionId: 'plain', itemId: itemId(index, 'plain') }],
    };
    const write: Decision = {
      type: 'write',
      author: ana,
      questionId: 'bare',
      rationale: 'Xylophones.\nAnswer: 8',
    };
    index.update(curationOf([accept, write]), ['plain', 'bare']);
    expect(ask(index, { status: ['accepted'], by: 'rule' })).toEqual(['plain']);
    expect(ask(index, { sources: ['human'] })).toEqual(['bare']);
    expect(ask(index, { search: 'xylophones' })).toEqual(['bare']);
    index.update(curationOf([]));
    expect(ask(index, { search: 'xylophones' })).toEqual([]);
    expect(ask(index, { status: ['todo'] })).toHaveLength(6);
  });

  it('is shown every mistake also after a person called it right', () => {
    const index = anIndex();
    const [one] = index.item('lucky')?.attempts ?? [];
    const right: Decision = {
      type: 'attempt-right',
      author: ana,
      questionId: 'lucky',
      sample: 0,
      fingerprint: one!.attempt.fingerprint,
      textHash: 'of another text',
    };
    index.update(curationOf([right]), ['lucky']);
    expect(ask(index, {})).toContain('lucky');
  });

  it('works in pieces and stops when it is told to', () => {
    const questions = Array.from({ length: 9000 }, (_, n): Question => ({
      id: `q-${n}`,
      question: `Question ${n}?`,
      answer: '1',
    }));
    const curation = curationOf([]);
    const items = reviewItems({
      round: 0,
      gate: LIMITS,
      useDatasetRationales: true,
      questions,
      attempts: [],
      candidates: [],
      history: [],
      curation,
    });
    const index = new ReviewIndex(items, curation);
    const filter = { ...NO_FILTER, scope: 'all' } as const;
    const pieces = [...index.query(filter, 'flagged-first')].length;
    expect(pieces).toBeGreaterThan(10);
    expect([...index.query(filter, 'flagged-first')].length).toBeLessThan(pieces / 4);
    const abort = new AbortController();
    const work = index.query({ ...filter, search: 'question' }, 'data-order', abort.signal);
    expect(work.next().done).toBe(false);
    abort.abort();
    expect(work.next()).toEqual({ done: true, value: null });
  });
});
