import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { openRound, reduceRound, type RoundState } from '../../../src/core/round/state.ts';
import type { Editor } from '../../../src/vscode/editor.ts';
import { roundHandler } from '../../../src/vscode/runRound.ts';
import { sums } from '../../fakes/loopFakes.ts';
import { openStore, writeProject } from '../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

beforeEach(resetVscode);

const FINISH = 'Finish round 0, then the exam of its student';
const ALL = 'Run all rounds of the project';

/** Round 0 with its exam and its teaching; the teacher is a profile far away. */
async function taughtRound(rounds: number) {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  const path = join(root, 'tailor.json');
  const before: unknown = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify(Object.assign({}, before, { teacher: 'far', rounds })));
  const config = await temporaryFolder();
  await mkdir(join(config, 'tailor'));
  const far = { name: 'far', baseURL: 'https://far.example/v1', model: 'm' };
  await writeFile(
    join(config, 'tailor', 'teachers.json'),
    JSON.stringify({ v: 1, profiles: [far] }),
  );
  let state: RoundState = openRound(0, { path: 'models/base', digest: 'd' });
  for (const set of ['train', 'dev']) {
    const exam = { set, fingerprint: 'f', questions: 4, samples: 1 };
    state = reduceRound(state, { type: 'exam-finished', ...exam });
  }
  state = reduceRound(state, { type: 'audited', suspects: 0, questions: 0 });
  const taught = { purpose: 'annotate', profile: 'far', programmatic: false } as const;
  const tally = { questions: 4, accepted: 4, humanQueue: 0 };
  state = reduceRound(state, { type: 'taught', ...taught, ...tally });
  await openStore(root).store.saveState(state);
  const run = vi.fn(() => Promise.resolve({ text: '', json: {} }));
  const parts = {
    projects: { pick: () => Promise.resolve({ root, name: 'p' }) },
    jobs: { run },
    reports: { show: () => Promise.resolve() },
    memory: { get: () => undefined, update: () => Promise.resolve() },
    environment: { XDG_CONFIG_HOME: config },
    log: { info: () => undefined },
  };
  // SAFETY: all that running rounds uses of the editor.
  return { handler: roundHandler(parts as unknown as Editor), run };
}

it('asks for no budget where the teacher has nothing left to do', async () => {
  const { handler, run } = await taughtRound(3);
  editor.answers.push(FINISH);
  await handler({});
  expect(run).toHaveBeenCalledTimes(1);
  expect(editor.details).toEqual([]);
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
