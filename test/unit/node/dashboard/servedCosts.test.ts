import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dashboardState } from '../../../../src/core/report/dashboard.ts';
import {
  servedExams,
  servedRecordSchema,
  type ServedRecord,
} from '../../../../src/core/exam/servedSpending.ts';
import { servedEngine } from '../../../../src/core/exam/served.ts';
import { summarise } from '../../../../src/core/round/summary.ts';
import { reportText } from '../../../../src/node/dashboard/reportText.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { roundsTable } from '../../../../src/node/terminal/roundsTable.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { csvRows, markdownTables, openView } from '../../../fakes/reportTexts.ts';
import { boardProject } from '../../../webview/boardProject.ts';

const sent = (key: string, more: object = {}): ServedRecord => ({
  type: 'sent',
  ...{ key, profile: 'gpu-box', model: 'm', reservedCost: 12.5, currency: 'EUR', ...more },
});
const ended = (
  key: string,
  outcome: 'answered' | 'refused' | 'unknown',
  cost?: number,
): ServedRecord => ({
  type: 'ended',
  ...{ key, outcome, estimated: false },
  ...(outcome === 'answered'
    ? { promptTokens: 300, completionTokens: 40 }
    : { promptTokens: 0, completionTokens: 0 }),
  ...(cost === undefined ? {} : { cost }),
});

async function write(root: string, writer: string, records: readonly ServedRecord[]) {
  const path = join(root, 'rounds', '0', 'served', `${writer}.jsonl`);
  const journal = await openJournal(path, {
    schema: servedRecordSchema,
    writer,
    clock: systemClock,
  });
  for (const record of records) await journal.append(record);
  await journal.close();
}

it('shows what exams at a server cost in the Dashboard, in every form of report and in the status', async () => {
  const { root, run, store } = await reportProject({ rounds: 1 });
  await run(1);
  const view = await openView(root);
  expect(view.snapshot().rounds[0]?.served).toBeNull();
  expect(String(roundsTable(await summarise(store)))).not.toContain('student server');
  // Two writers may give their requests the same name.
  await write(root, 'ada-1', [
    sent('1'),
    ended('1', 'answered', 10),
    sent('2'),
    ended('2', 'refused'),
  ]);
  await write(root, 'bob-1', [sent('1', { reservedCost: 2.5 })]);
  await view.look();
  expect(view.snapshot().rounds[0]?.served?.spent).toEqual({
    profiles: ['gpu-box'],
    requests: 3,
    calls: 1,
    refused: 1,
    possiblyBilled: 1,
    promptTokens: 300,
    completionTokens: 40,
    estimated: false,
    money: [{ amount: 12.5, currency: 'EUR' }],
  });
  const { exam = 0 } = view.snapshot().rounds[0]?.seconds ?? {};
  const rows = markdownTables(await reportText(view, 'markdown')).get('Cost and time') ?? [];
  const shown = rows.filter((row) => row[0] === 'Round 0');
  expect(shown).toHaveLength(2);
  expect(shown[1]?.slice(1, 6)).toEqual([
    'exams, student server gpu-box',
    '1 + 1 turned away',
    '300 / 40',
    'at most 12.50 EUR',
    '1',
  ]);
  expect(exam).toBeGreaterThan(0);
  // The time of the exams stands where their cost does, and nowhere else.
  expect(shown[0]?.[6]).not.toContain('exam ');
  expect(shown[1]?.[6]).not.toBe('unknown');
  const csv = csvRows(await reportText(view, 'csv')).filter(
    (row) => row[0] === 'cost' && row[1] === '0' && row[3] === 'exam',
  );
  const values = new Map(csv.map((row) => [row[4], row[5]]));
  expect(values.get('money')).toBe('12.5');
  expect(values.get('requests')).toBe('3');
  expect(values.get('possiblyBilled')).toBe('1');
  // Its tokens are the server's own counts.
  expect(values.has('tokens')).toBe(false);
  const status = String(roundsTable(await summarise(store)));
  expect(status).toMatch(
    /gpu-box +1 \+ 1 turned away \+ 1 perhaps billed +340 +at most 12\.50 EUR/u,
  );
});

it('shows money of two currencies side by side, and adds it nowhere', async () => {
  const { root, run, store } = await reportProject({ rounds: 1 });
  await run(1);
  await write(root, 'ada-1', [sent('1'), ended('1', 'answered', 10)]);
  const usd = { reservedCost: 9, currency: 'USD' };
  await write(root, 'bob-1', [sent('1', usd), ended('1', 'answered', 2.25), sent('2', usd)]);
  const view = await openView(root);
  const rows = markdownTables(await reportText(view, 'markdown')).get('Cost and time') ?? [];
  expect(rows.find((row) => row[1]?.startsWith('exams'))?.[4]).toBe(
    'at most 10.00 EUR + 11.25 USD',
  );
  const csv = csvRows(await reportText(view, 'csv')).filter(
    (row) => row[1] === '0' && row[3] === 'exam' && row[4] === 'money',
  );
  expect(csv.map((row) => [row[5], row[9]])).toEqual([
    ['10', 'EUR'],
    ['11.25', 'USD'],
  ]);
  expect(String(roundsTable(await summarise(store)))).toContain('at most 10.00 EUR + 11.25 USD');
});

it('never calls a round free whose exams cost something, and names no money that it does not know', async () => {
  const { root, run } = await reportProject({ rounds: 1 });
  await run(1);
  await write(root, 'ada-1', [
    sent('1', { reservedCost: undefined, currency: undefined }),
    ended('1', 'answered'),
    sent('2'),
    ended('2', 'answered', 1),
  ]);
  const view = await openView(root);
  expect(view.snapshot().rounds[0]?.served?.spent).toMatchObject({ calls: 2, money: null });
  const csv = csvRows(await reportText(view, 'csv'));
  const money = csv.find((row) => row[1] === '0' && row[3] === 'exam' && row[4] === 'money');
  expect(money?.[5]).toBe('');
  const free = boardProject({ rounds: 1 });
  const withExams = (engine: string) => {
    const rounds = free.rounds.map((round) => ({
      ...round,
      served: servedExams([engine], null),
    }));
    const beside = { rev: 1, compared: null, training: null, probes: [] };
    return dashboardState({ ...free, rounds }, beside, String).rounds[0]?.served;
  };
  const form = { kind: 'vllm', api: 'chat', model: 'm', precision: 'float32' } as const;
  const more = { samples: 'each', seed: true, topK: true } as const;
  // A server sat it and nobody wrote down what that took: unknown, which is not nothing.
  expect(withExams(servedEngine({ ...form, ...more }))).toEqual({ spent: null });
  expect(withExams('tailor 1')).toBeNull();
});
