import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { openRound, reduceRound, type RoundState } from '../../../src/core/round/state.ts';
import type { Editor } from '../../../src/vscode/editor.ts';
import { roundHandler } from '../../../src/vscode/runRound.ts';
import { sums } from '../../fakes/loopFakes.ts';
import { aFrozenRow, aManifest, openStore, writeProject } from '../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

const round = vi.hoisted(() => vi.fn<(context: unknown) => Promise<unknown>>());
vi.mock('../../../src/node/commands/steps.ts', () => ({ round }));

beforeEach(resetVscode);

const FINISH = 'Finish round 0, then the exam of its student';
const FINGERPRINT = 'f'.repeat(64);
const ALL = 'Run all rounds of the project';

/** Round 0 with its exam and its teaching; the teacher is a profile far away. */
async function taughtRound(rounds: number, teaching: object = {}, prices?: object) {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  const path = join(root, 'tailor.json');
  const before: unknown = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(
    path,
    JSON.stringify(Object.assign({}, before, { teacher: 'far', rounds, teaching })),
  );
  const config = await temporaryFolder();
  await mkdir(join(config, 'tailor'));
  const far = { name: 'far', baseURL: 'https://far.example/v1', model: 'm', prices };
  await writeFile(
    join(config, 'tailor', 'teachers.json'),
    JSON.stringify({ v: 1, profiles: [far] }),
  );
  const { store } = openStore(root);
  let state: RoundState = openRound(0, { path: 'models/base', digest: 'd' });
  for (const set of ['train', 'dev']) {
    const questions = await store.questions(set);
    const exam = { set, fingerprint: FINGERPRINT, questions: questions.length, samples: 1 };
    state = reduceRound(state, { type: 'exam-finished', ...exam });
    const writer = await store.openExam(0, set, FINGERPRINT);
    for (const { id } of questions) {
      const answer = { text: ' Answer: 1', ids: [1], minMargin: 1 };
      await writer.append({ questionId: id, sample: 0, finish: 'eos', ...answer });
    }
    await writer.close();
  }
  state = reduceRound(state, { type: 'audited', suspects: 0, questions: 0 });
  const taught = { purpose: 'annotate', profile: 'far', programmatic: false } as const;
  const tally = { questions: 4, accepted: 4, humanQueue: 0 };
  state = reduceRound(state, { type: 'taught', ...taught, ...tally });
  await store.saveState(state);
  const contexts: unknown[] = [];
  const run = vi.fn(async (_request: unknown, work: (context: object) => Promise<unknown>) => {
    await work({ options: { folder: root } });
    return { text: '', json: {} };
  });
  round.mockImplementation((context) => {
    contexts.push(context);
    return Promise.resolve({ text: '', json: {} });
  });
  const parts = {
    projects: { pick: () => Promise.resolve({ root, name: 'p' }) },
    jobs: { run },
    reports: { show: () => Promise.resolve() },
    memory: { get: () => undefined, update: () => Promise.resolve() },
    environment: { XDG_CONFIG_HOME: config },
    log: { info: () => undefined },
  };
  // SAFETY: all that running rounds uses of the editor.
  return { handler: roundHandler(parts as unknown as Editor), run, store, contexts };
}

it('asks for no budget where the teacher has nothing left to do', async () => {
  const { handler, contexts } = await taughtRound(3);
  editor.answers.push(FINISH);
  await handler({});
  expect(editor.details).toEqual([]);
  // And none may be asked, whatever the loop then finds.
  expect(contexts).toMatchObject([{ agreement: { teacher: null }, options: { rounds: 1 } }]);
});

it('asks for none in the last round that is taught, however far it goes', async () => {
  const { handler, run } = await taughtRound(1);
  editor.answers.push(ALL);
  await handler({});
  expect(run).toHaveBeenCalledTimes(1);
  expect(editor.details).toEqual([]);
});

it('asks for one where further rounds will be taught', async () => {
  const { handler, run } = await taughtRound(3);
  editor.answers.push(ALL, 'Send to https://far.example', undefined);
  await expect(handler({})).rejects.toMatchObject({ code: 'cancelled' });
  expect(editor.details.at(-1)).toContain('Each round stops before');
  expect(run).not.toHaveBeenCalled();
});

it('names the money of the budget and the date of its prices, or that no price is known', async () => {
  const limit = { maxCost: 2.5, maxRequests: 40 };
  const prices = { inputPerMillion: 1, outputPerMillion: 2, currency: 'EUR', asOf: '2026-05-01' };
  const detailOf = async (known?: object): Promise<string | undefined> => {
    const { handler } = await taughtRound(3, limit, known);
    editor.answers.push(ALL, 'Send to https://far.example', undefined);
    await expect(handler({})).rejects.toMatchObject({ code: 'cancelled' });
    return editor.details.at(-1);
  };
  const priced = await detailOf(prices);
  expect(priced).toContain('stops before 2.50 EUR, 40 calls or 5,000,000 tokens are exceeded');
  expect(priced).toContain('Prices as of 2026-05-01');
  expect(priced).toContain('Run the exam alone first');
  expect(await detailOf()).toContain('teaching.maxCost cannot hold');
});

it('asks for one where a question was fixed since the round was taught: it will be asked and taught anew', async () => {
  const { handler, run, store, contexts } = await taughtRound(3);
  const question = (await store.questions('train')).at(-1);
  const { id: questionId = '', question: was = '' } = question ?? {};
  const author = { kind: 'person', name: 'ana' } as const;
  const text = 'What is 10 plus 90?';
  await store.decide(0, [{ type: 'fix-question', author, questionId, was, text, reason: 'x' }]);
  editor.answers.push(FINISH, 'Send to https://far.example', undefined);
  await expect(handler({})).rejects.toMatchObject({ code: 'cancelled' });
  expect(editor.details).toHaveLength(2);
  expect(run).not.toHaveBeenCalled();

  editor.answers.push(FINISH, 'Send to https://far.example', 'Run');
  await handler({});
  const teacher = { profile: 'far', origin: 'https://far.example', model: 'm' };
  expect(contexts).toMatchObject([{ agreement: { teacher } }]);
});

it('asks for one where all rounds of the project are taught and one more is to be run', async () => {
  const { handler, run, store } = await taughtRound(1);
  const { trainSha256 } = await store.freeze(0, [aFrozenRow('t-3')], aManifest(1));
  const trained = { runId: 'r0-0', student: { path: 'models/next', digest: 'e' } };
  const before = await store.state(0);
  if (!before) throw new Error('there is no round');
  const frozen = reduceRound(before, { type: 'frozen', trainSha256 });
  await store.saveState(reduceRound(frozen, { type: 'trained', ...trained }));
  editor.answers.push('Finish round 1, then the exam of its student');
  editor.answers.push('Send to https://far.example', undefined);
  await expect(handler({})).rejects.toMatchObject({ code: 'cancelled' });
  expect(editor.details).toHaveLength(2);
  expect(run).not.toHaveBeenCalled();
});
