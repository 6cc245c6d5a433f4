import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { startProgrammaticTeacher } from '../../../../src/node/programmatic/server.ts';
import { askMany, estimateAsking, type AskEstimate } from '../../../../src/node/review/askMany.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { writeReviewProject } from '../../../fakes/reviewData.ts';
import { openWindow, OUTSIDE } from '../../../fakes/reviewWindow.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const id = (index: number): string => `bench-${String(index).padStart(6, '0')}`;

/** A review whose teacher is a profile with prices; it answers from this computer. */
async function pricedReview() {
  const root = await temporaryFolder();
  await writeReviewProject(root, 20);
  const rows = (await readFile(join(root, 'data/train.jsonl'), 'utf8')).trim().split('\n');
  // SAFETY: the rows that were written as questions a moment ago.
  const questions = rows.map((row) => JSON.parse(row) as Question);
  const server = await startProgrammaticTeacher({ questions, clock: systemClock });
  onTestFinished(() => server.close());
  const config = await temporaryFolder();
  await mkdir(join(config, 'tailor'));
  const prices = { inputPerMillion: 3, outputPerMillion: 15, currency: 'EUR' };
  const priced = { name: 'priced', baseURL: server.baseURL, model: server.identity.name };
  await writeFile(
    join(config, 'tailor', 'teachers.json'),
    JSON.stringify({ v: 1, profiles: [{ ...priced, keyEnv: 'PRICED_KEY', prices }] }),
  );
  const project = join(root, 'tailor.json');
  const before: unknown = JSON.parse(await readFile(project, 'utf8'));
  await writeFile(project, JSON.stringify(Object.assign({}, before, { teacher: 'priced' })));
  const environment = { XDG_CONFIG_HOME: config, PRICED_KEY: server.token };
  return openWindow(root, OUTSIDE, environment);
}

it('estimates many questions from a few real calls, which are made once', async () => {
  const window = await pricedReview();
  const shown: AskEstimate[] = [];
  const asked: number[] = [];
  let yes = false;
  const parts = {
    ask: (ids: readonly string[]) => {
      asked.push(ids.length);
      return window.ask('ask', { ids: [...ids], hint: 'Use shorter sentences.', round: null });
    },
    estimate: async (questions: number) => estimateAsking(await window.service.ready(), questions),
    agree: (estimate: AskEstimate) => {
      shown.push(estimate);
      return yes ? Promise.resolve() : Promise.reject(new Error('no'));
    },
  };
  const many = Array.from({ length: 8 }, (_, index) => id(index));

  // Five or fewer cost no more than the estimate itself would.
  expect(await askMany(many.slice(0, 2), parts)).toMatchObject({ accepted: 2, failed: 0 });
  expect(shown).toEqual([]);

  // Two calls tell too little: five more are made, and then nothing without a yes.
  await expect(askMany(many, parts)).rejects.toThrow('no');
  expect(asked).toEqual([2, 5]);
  expect(shown[0]).toMatchObject({ profile: 'priced', questions: 3 });
  expect(shown[0]?.estimate?.cost?.currency).toBe('EUR');
  expect(shown[0]?.estimate?.sampled).toBeGreaterThanOrEqual(5);

  // Now the round has calls of its own: nothing is asked before the yes.
  yes = true;
  const last = await askMany(many.slice(2), parts);
  // The three that were asked about above have their answers to this hint: nothing is paid for them again.
  expect(last).toMatchObject({ accepted: 3, failed: 0, unasked: 3 });
  expect(shown[1]).toMatchObject({ questions: 6 });
  expect(asked).toEqual([2, 5, 6]);
});
