import { describe, expect, it } from 'vitest';
import { askedView, spentView } from '../../../../src/core/report/costs.ts';
import { TeachingFold } from '../../../../src/core/report/teaching.ts';
import { spendingOf } from '../../../../src/core/round/spending.ts';
import type { DatedRecord } from '../../../../src/core/teaching/openRequests.ts';
import { askersOf } from '../../../../src/shared/boardPhrases.ts';
import { dashboardWords } from '../../../../src/shared/dashboardWords.ts';
import type { TeacherRecord } from '../../../../src/core/teaching/records.ts';

const about = (key: string) =>
  ({ key: key.repeat(64), questionId: 'q', purpose: 'annotate', draw: 0 }) as const;
const intent = (key: string, profile = 'a'): TeacherRecord => ({
  type: 'intent',
  ...about(key),
  profile,
  model: 'm',
  templateId: 'annotate-1',
  templateHash: '0123456789abcdef',
  reservedTokens: 100,
});
const reply = (key: string, estimated = false): TeacherRecord => ({
  type: 'reply',
  ...about(key),
  attempt: 1,
  text: 't',
  finishReason: 'stop',
  usage: { promptTokens: 1000, completionTokens: 500, cachedTokens: 0, estimated },
  responseModel: null,
  fingerprint: null,
  overlong: false,
  firstTokenMs: null,
  totalMs: 1,
});
const fail = (key: string, possiblyBilled: boolean): TeacherRecord => ({
  type: 'fail',
  ...about(key),
  attempt: 1,
  code: 'c',
  message: 'm',
  status: null,
  retryAfterMs: null,
  possiblyBilled,
});

const at = (minute: number, records: readonly TeacherRecord[]): DatedRecord[] =>
  records.map((record) => ({ ...record, at: `2026-01-01T00:0${minute}:00.000Z` }));
const dated = (records: readonly TeacherRecord[]): DatedRecord[] => at(0, records);
const foldOf = (records: readonly DatedRecord[], askingSince: string | null): TeachingFold => {
  const made = new TeachingFold(askingSince);
  for (const record of records) made.take(record);
  return made;
};
const fold = (records: readonly TeacherRecord[]): TeachingFold => foldOf(dated(records), null);
const price = (currency: string) => ({ inputPerMillion: 1, outputPerMillion: 4, currency });

describe('what teaching took', () => {
  it('is what the loop itself counts, in whatever order the journals are read', () => {
    const records = [
      ...[intent('0'), reply('0', true)],
      ...[intent('1'), fail('1', false), intent('1'), reply('1')],
      ...[intent('2'), fail('2', true)],
      intent('3'),
    ];
    const { requests, promptTokens, completionTokens, possiblyBilled } = spendingOf(
      dated(records),
      null,
    );
    const expected = { calls: requests, promptTokens, completionTokens, possiblyBilled };
    for (const order of [records, [...records].reverse()]) {
      expect(spentView(fold(order).spent(), new Map())).toMatchObject(expected);
    }
    expect(expected).toEqual({
      calls: 2,
      promptTokens: 2000,
      completionTokens: 1000,
      possiblyBilled: 2,
    });
    expect(spentView(fold(records).spent(), new Map()).estimated).toBe(true);
  });

  it('calls under way what a living process waits for, and lost only what nobody waits for', () => {
    const records = [
      // Of a process that died: one request lost, one asked again and answered since.
      ...at(1, [intent('0'), intent('1')]),
      ...at(3, [intent('1'), reply('1'), intent('2'), intent('3'), fail('3', true), intent('3')]),
    ];
    const since = '2026-01-01T00:02:00.000Z';
    for (const order of [records, [...records].reverse()]) {
      const alive = { underWay: 2, possiblyBilled: 3 };
      expect(spentView(foldOf(order, since).spent(), new Map())).toMatchObject(alive);
      expect(spendingOf(order, since)).toMatchObject(alive);
      const gone = { underWay: 0, possiblyBilled: 5 };
      expect(spentView(foldOf(order, null).spent(), new Map())).toMatchObject(gone);
      expect(spendingOf(order, null)).toMatchObject(gone);
    }
  });

  it('counts what broke off without a usage as possibly billed, and tokens that were read before at their own price', () => {
    const changed = (key: string, fields: object): TeacherRecord => ({ ...reply(key), ...fields });
    const usage = {
      promptTokens: 1000,
      completionTokens: 500,
      cachedTokens: 800,
      estimated: false,
    };
    const records = [
      ...[
        intent('0'),
        changed('0', { finishReason: null, usage: { ...usage, cachedTokens: 0, estimated: true } }),
      ],
      // The server said what it bills, although the reply did not end.
      ...[intent('1'), changed('1', { finishReason: null, usage })],
    ];
    // Two requests are two: none of them is counted again among those that are perhaps billed.
    expect(spendingOf(dated(records), null)).toMatchObject({ requests: 1, possiblyBilled: 1 });
    const cached = new Map([['a', { ...price('EUR'), cachedPerMillion: 0.25 }]]);
    expect(spentView(fold(records).spent(), cached)).toMatchObject({
      calls: 1,
      possiblyBilled: 1,
      money: [{ amount: (1200 * 1 + 800 * 0.25 + 1000 * 4) / 1e6, currency: 'EUR' }],
    });
  });

  it('names money only where every profile has a price, and never adds two currencies', () => {
    const both = fold([intent('0', 'a'), reply('0'), intent('1', 'b'), reply('1')]).spent();
    const eur = new Map([
      ['a', price('EUR')],
      ['b', price('EUR')],
    ]);
    expect(spentView(both, eur)).toMatchObject({
      money: [{ amount: 0.006, currency: 'EUR' }],
    });
    const unknown = { money: null };
    expect(spentView(both, new Map([['a', price('EUR')]]))).toMatchObject(unknown);
    expect(
      spentView(
        both,
        new Map([
          ['a', price('EUR')],
          ['b', price('USD')],
        ]),
      ),
    ).toMatchObject({
      money: [
        { amount: 0.003, currency: 'EUR' },
        { amount: 0.003, currency: 'USD' },
      ],
    });
    // A reply whose request is in no journal was asked of who knows whom.
    expect(spentView(fold([reply('0')]).spent(), eur)).toMatchObject(unknown);
    const free = fold([intent('0', 'programmatic'), reply('0')]).spent();
    expect(spentView(free, new Map())).toMatchObject({ calls: 1, money: [] });
    expect(spentView(fold([]).spent(), new Map())).toMatchObject({ calls: 0, money: [] });
  });

  it('of each profile its own calls, tokens and money: the judge costs, the program does not', () => {
    const paid: TeacherRecord = { ...reply('2'), cost: 0.12, currency: 'USD' } as TeacherRecord;
    const records = [
      ...[intent('0', 'programmatic'), reply('0'), intent('1', 'programmatic'), reply('1')],
      ...[intent('2', 'judge'), paid],
    ];
    const spent = fold(records).spent();
    const teacher = { profile: 'programmatic', programmatic: true };
    const asked = askedView(spent, new Map(), teacher);
    expect(asked).toMatchObject([
      { profile: 'programmatic', programmatic: true, calls: 2, promptTokens: 2000, money: [] },
      {
        ...{ profile: 'judge', programmatic: false, calls: 1, promptTokens: 1000 },
        money: [{ amount: 0.12, currency: 'USD' }],
      },
    ]);
    expect(spendingOf(dated(records), null).profiles).toEqual([
      { profile: 'programmatic', requests: 2 },
      { profile: 'judge', requests: 1 },
    ]);
    const words = dashboardWords({}, 'en');
    const view = { teacher, spent: spentView(spent, new Map()), asked };
    expect(askersOf(view, words).map(({ who }) => who)).toEqual([
      expect.stringContaining('programmatic'),
      'judge',
    ]);
    expect(askersOf({ ...view, asked: [] }, words)).toHaveLength(1);
  });

  it('takes what a reply was written down with before the prices of today, also in another currency', () => {
    const paid: TeacherRecord = { ...reply('0'), cost: 0.12, currency: 'USD' } as TeacherRecord;
    const eur = new Map([['a', price('EUR')]]);
    const one = fold([intent('0'), paid]).spent();
    expect(spentView(one, eur).money).toEqual([{ amount: 0.12, currency: 'USD' }]);
    // It needs no price of today either.
    expect(spentView(one, new Map()).money).toEqual([{ amount: 0.12, currency: 'USD' }]);
    // A reply of an older version says no currency: at the prices of today, beside the others.
    const old: TeacherRecord = { ...reply('1'), cost: 7 } as TeacherRecord;
    const both = fold([intent('0'), paid, intent('1'), old]).spent();
    expect(spentView(both, eur).money).toEqual([
      { amount: 0.003, currency: 'EUR' },
      { amount: 0.12, currency: 'USD' },
    ]);
    expect(spentView(both, new Map()).money).toBeNull();
  });
});
