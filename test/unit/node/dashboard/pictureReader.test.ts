import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { rationaleOfAttempt } from '../../../../src/core/exam/promptForm.ts';
import type { Prices } from '../../../../src/core/teaching/prices.ts';
import { teacherRecordSchema } from '../../../../src/core/teaching/records.ts';
import { PictureReader } from '../../../../src/node/dashboard/pictureReader.ts';
import { acquireLock } from '../../../../src/node/storage/lock.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import type * as loading from '../../../../src/node/project/loadProject.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { reportProject } from '../../../fakes/reportProject.ts';

/** What happens right after a project file was read. */
const after = vi.hoisted(() => ({ read: () => Promise.resolve() }));

vi.mock('../../../../src/node/project/loadProject.ts', async (original) => {
  const real = await original<typeof loading>();
  return {
    ...real,
    loadProject: async (start: string) => {
      const loaded = await real.loadProject(start);
      await after.read();
      return loaded;
    },
  };
});

const { signal } = new AbortController();
const PRICES: Prices = { inputPerMillion: 2, outputPerMillion: 10, currency: 'EUR' };

function readerOf(root: string, prices: () => Promise<ReadonlyMap<string, Prices>>) {
  return new PictureReader({ root, clock: systemClock, prices });
}

it('sees a project file that is written while it is read', async () => {
  const { root } = await reportProject();
  const reader = readerOf(root, () => Promise.resolve(new Map()));
  const path = join(root, 'tailor.json');
  const text = await readFile(path, 'utf8');
  after.read = () => writeFile(path, text.replace('Sums', 'Many sums'));
  await reader.read(signal);
  after.read = () => Promise.resolve();
  expect(await reader.hasChanged()).toBe(true);
  expect((await reader.read(signal)).project).toMatch(/^Many sums/u);
  expect(await reader.hasChanged()).toBe(false);
});

it('sees other prices, and notes once what is wrong with them', async () => {
  const { root } = await reportProject();
  let prices = new Map([['fake', PRICES]]);
  let failure: Error | null = null;
  const reader = readerOf(root, () =>
    failure ? Promise.reject(failure) : Promise.resolve(prices),
  );
  expect((await reader.read(signal)).prices).toEqual(prices);
  expect(await reader.hasChanged()).toBe(false);
  prices = new Map([['fake', { ...PRICES, outputPerMillion: 12 }]]);
  expect(await reader.hasChanged()).toBe(true);
  expect((await reader.read(signal)).prices).toEqual(prices);
  expect(await reader.hasChanged()).toBe(false);
  failure = new Error('teachers.json is not JSON');
  expect(await reader.hasChanged()).toBe(true);
  const broken = await reader.read(signal);
  expect([broken.prices.size, broken.notes]).toEqual([0, ['teachers.json is not JSON']]);
  expect(await reader.hasChanged()).toBe(false);
});

it('calls a request under way while the process that sent it lives, and lost once that is gone', async () => {
  const { root, run, store } = await reportProject();
  await run(1);
  const path = join(root, 'rounds', '0', 'teacher', 'ada-2.jsonl');
  const schema = teacherRecordSchema;
  const journal = await openJournal(path, { schema, writer: 'ada-2', clock: systemClock });
  const ask = (key: string) =>
    journal.append({
      type: 'intent',
      ...{ key: key.repeat(64), questionId: 'q', purpose: 'annotate', draw: 0 },
      ...{ profile: 'fake', model: 'm', templateId: 't', templateHash: 'h', reservedTokens: 1 },
    });
  const reader = readerOf(root, () => Promise.resolve(new Map()));
  const spent = async () => {
    const [round] = (await reader.read(signal)).rounds;
    const { underWay, possiblyBilled } = round?.taught.spent.get('fake') ?? {};
    const { underWay: shown, possiblyBilled: lost } = await store.spending(0);
    expect([shown, lost]).toEqual([underWay, possiblyBilled]);
    return [underWay, possiblyBilled];
  };
  // Of a process that died before this one began to ask.
  await ask('a');
  await systemClock.sleep(5);
  const lock = await acquireLock(join(root, '.tailor', 'locks'), 'run', { clock: systemClock });
  await ask('b');
  await journal.close();
  expect(await spent()).toEqual([1, 1]);
  expect(await reader.hasChanged()).toBe(false);
  // No file of the round changes by its end.
  await lock.release();
  expect(await reader.hasChanged()).toBe(true);
  expect(await spent()).toEqual([0, 2]);
  expect(await reader.hasChanged()).toBe(false);
});

it('keeps the student’s own attempts that a frozen set teaches, for the look at contamination', async () => {
  const { root, run, store } = await reportProject();
  await run(1);
  const taught = (await store.frozenRows(0)).flatMap(({ id, positives }) =>
    positives.flatMap(({ source, completion }) =>
      source === 'self' ? [{ id, text: rationaleOfAttempt(completion) }] : [],
    ),
  );
  expect(taught.length).toBeGreaterThan(0);
  const { rounds } = await readerOf(root, () => Promise.resolve(new Map())).read(signal);
  expect(rounds[0]?.frozen?.own).toEqual(taught);
});
