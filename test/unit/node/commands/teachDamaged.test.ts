import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRound, reduceRound } from '../../../../src/core/round/state.ts';
import {
  itemSchema,
  teacherRecordSchema,
  type TeachingItem,
} from '../../../../src/core/teaching/records.ts';
import type { CommandContext } from '../../../../src/node/commands/context.ts';
import { teach } from '../../../../src/node/commands/steps.ts';
import { readJournal } from '../../../../src/node/storage/readJournal.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { silentLog, sums } from '../../../fakes/loopFakes.ts';
import { openStore, writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

/** A project whose round 0 the built-in teacher has annotated; `again` teaches once more and tells what it warned of. */
async function taught() {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('q', 3, 1), dev: sums('d', 2, 50) });
  const { store } = openStore(root);
  await store.saveState(
    reduceRound(openRound(0, { path: 'models/base', digest: 'd' }), {
      type: 'exam-finished',
      set: 'train',
      fingerprint: 'f',
      questions: 3,
      samples: 4,
    }),
  );
  await store.close();
  const warnings: string[] = [];
  const context: CommandContext = {
    assets: { installation: root, engine: '', bridge: '', media: '' },
    clock: systemClock,
    log: { ...silentLog, warn: (text) => warnings.push(text) },
    report: () => undefined,
    signal: new AbortController().signal,
    environment: {},
    options: { folder: root },
  };
  const run = () => teach(context, 'annotate', { round: 0 });
  await run();
  const folder = join(root, 'rounds', '0', 'teacher');
  const names = await readdir(folder);
  const items = join(folder, names.find((name) => name.startsWith('items.')) ?? '');
  const replies = join(folder, names.find((name) => !name.startsWith('items.')) ?? '');
  const known = async (): Promise<TeachingItem[]> => (await readJournal(items, itemSchema)).records;
  /** Requests that left. */
  const spent = async (): Promise<number> =>
    (await readJournal(replies, teacherRecordSchema)).records.filter(
      ({ type }) => type === 'intent',
    ).length;
  return { items, replies, warnings, run, known, spent };
}

/** Changes the lines of a file of which `pick` says so; how many there were. */
async function damage(
  path: string,
  pick: (line: string, index: number) => boolean,
  how: (line: string) => string,
): Promise<number> {
  const rows = (await readFile(path, 'utf8')).split('\n');
  const hit = rows.map((row, index) => row !== '' && pick(row, index));
  await writeFile(path, rows.map((row, index) => (hit[index] ? how(row) : row)).join('\n'));
  return hit.filter(Boolean).length;
}

const flip = (line: string): string => line.replace('Answer', 'Bnswer');
const named = (items: readonly TeachingItem[]): string[] =>
  items.map(({ itemId, draw, accepted }) => `${itemId} ${draw} ${accepted}`).sort();

it('journal edited: a lost item is made again from the stored reply, and nobody is paid', async () => {
  const { items, warnings, run, known, spent } = await taught();
  const before = named(await known());
  const paid = await spent();
  expect(before.length).toBeGreaterThan(5);
  await damage(items, (_, index) => index === 2, flip);
  await damage(
    items,
    (_, index) => index === 4,
    () => '{"torn',
  );
  expect(await known()).toHaveLength(before.length - 2);

  await run();
  expect(named(await known())).toEqual(before);
  expect(await spent()).toBe(paid);
  expect(warnings.map((text) => /^Line \d+ of .*items\./u.test(text))).toEqual([true, true]);
  expect(warnings.join('\n')).not.toContain('paid for');
});

it('journal edited: a lost reply whose item is lost as well is asked for again, with one warning each', async () => {
  const { items, replies, warnings, run, known, spent } = await taught();
  const before = named(await known());
  const paid = await spent();
  const first = (await known()).find(({ draw }) => draw === 0)?.key ?? '';
  const isOf = (line: string): boolean => line.includes(`"${first}"`);
  expect(await damage(items, isOf, flip)).toBe(1);
  const isReply = (line: string): boolean => isOf(line) && line.includes('"type":"reply"');
  expect(await damage(replies, isReply, flip)).toBe(1);

  await run();
  expect(await spent()).toBe(paid + 1);
  expect(named(await known())).toEqual(before);
  expect(warnings).toHaveLength(2);
  expect(warnings.filter((text) => text.endsWith('that reply may be paid for again.'))).toEqual([
    expect.stringContaining(replies),
  ]);
});

it('a damaged reply whose item is whole costs nothing', async () => {
  const { replies, warnings, run, known, spent } = await taught();
  const before = named(await known());
  const paid = await spent();
  await damage(replies, (line) => line.includes('"type":"reply"'), flip);
  await run();
  expect(await spent()).toBe(paid);
  expect(named(await known())).toEqual(before);
  expect(new Set(warnings).size).toBe(warnings.length);
});
