import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Author } from '../../../../src/core/curation/decision.ts';
import { loadRound, runStep } from '../../../../src/core/round/runRounds.ts';
import { sitTest } from '../../../../src/node/commands/lookAtTest.ts';
import { DashboardView } from '../../../../src/node/dashboard/dashboardView.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import {
  dashboardStateSchema,
  type DashboardState,
} from '../../../../src/shared/dashboardContract.ts';
import { TRAINING_STRINGS } from '../../../../src/shared/trainingStrings.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const ADA: Author = { kind: 'person', name: 'ada' };
const PRICES = new Map([['fake', { inputPerMillion: 2, outputPerMillion: 10, currency: 'EUR' }]]);

/** A view that looks only when it is told to. */
async function open(root: string, prices = PRICES) {
  const still = { ...systemClock, sleep: () => new Promise<void>(() => undefined) };
  const view = await DashboardView.open({
    root,
    project: 'P',
    clock: still,
    strings: TRAINING_STRINGS,
    prices: () => Promise.resolve(prices),
  });
  onTestFinished(() => view.dispose());
  const heard: DashboardState[] = [];
  view.onState((state) => heard.push(dashboardStateSchema.parse(state)));
  await view.look();
  return { view, heard, state: () => dashboardStateSchema.parse(view.snapshot()) };
}

describe('the Dashboard', () => {
  it('shows every round as its files tell it', async () => {
    const { root, run, store } = await reportProject();
    await run();
    const { state } = await open(root);
    const shown = state();
    expect(shown.project).toBe('Sums <b>&</b>');
    expect(shown.sets).toEqual([
      { name: 'train', role: 'train', questions: 40 },
      { name: 'dev', role: 'dev', questions: 30 },
      { name: 'far', role: 'extra', questions: 5 },
      { name: 'test', role: 'test', questions: 20 },
    ]);
    expect(shown.rounds.map(({ round, exams }) => [round, exams.map(({ set }) => set)])).toEqual([
      [0, ['train', 'dev', 'far']],
      [1, ['train', 'dev', 'far']],
      [2, ['dev', 'far']],
    ]);
    const manifest = await store.manifest(0);
    const [first] = shown.rounds;
    expect(first?.frozen).toMatchObject({
      sha256: manifest?.trainSha256,
      withRationale: manifest?.coverage.withRationale,
      withPair: manifest?.coverage.withPair,
      bySource: manifest?.coverage.bySource,
      uncovered: manifest?.coverage.uncovered,
    });
    expect(manifest?.coverage.withPair).toBeGreaterThan(0);
    const spent = await store.spending(0);
    expect(first?.spent).toMatchObject({
      calls: spent.requests,
      promptTokens: spent.promptTokens,
      completionTokens: spent.completionTokens,
      possiblyBilled: 0,
      money: [{ currency: 'EUR' }],
      estimated: false,
    });
    expect(spent.requests).toBeGreaterThan(40);
    expect(first?.spent.money?.[0]?.amount).toBeCloseTo((spent.requests * 12) / 1e6, 12);
    expect(first?.peakMemoryMB).toBe(700);
    // Two tokens an attempt: train with four samples, dev and far with one.
    expect(first?.tokens).toEqual({ exam: 2 * (40 * 4 + 30 + 5), train: 1 });
    expect(first?.runs).toEqual([
      { runId: (await store.state(0))?.training?.runId, state: 'done', chosen: true },
    ]);
    expect(shown.rounds[2]?.peakMemoryMB).toBeNull();
    expect(shown.rounds[2]?.tokens).toEqual({ exam: 2 * (30 + 5) });
    expect(shown.rounds[2]?.frozen).toBeNull();
    expect(shown.labels).toEqual([]);
    expect(shown.notes).toEqual([]);
    expect(shown.training?.state).toBe('done');
    expect(shown.probes).toHaveLength(30);
    expect(shown.probes[0]).toMatchObject({ gold: expect.stringMatching(/^\d+$/u) as string });
  });

  it('compares the two newest exams of dev, says the verdict, and another pair when asked', async () => {
    const { root, run } = await reportProject();
    await run();
    const { view, heard, state } = await open(root);
    expect(state().comparison).toMatchObject({ from: 1, to: 2, set: 'dev', role: 'dev', n: 30 });
    const rev = await view.compare(0, 2, 'dev');
    const shown = state();
    expect(shown).toMatchObject({ rev, comparison: { from: 0, to: 2, test: { kind: 'mcnemar' } } });
    expect(heard.at(-1)?.rev).toBe(rev);
    const { fixed, newlyWrong, stillWrong, stillRight } = shown.comparison ?? {};
    expect((fixed ?? 0) + (newlyWrong ?? 0) + (stillWrong ?? 0) + (stillRight ?? 0)).toBe(30);
    expect(shown.comparison?.verdict).toMatch(
      /^Round 2 is better than round 0 by more than chance/u,
    );
    await view.compare(0, 1, 'train');
    expect(state().comparison).toMatchObject({ test: { kind: 'bootstrap' }, role: 'train' });
    expect(state().comparison?.verdict).toContain('no measure of progress');
    await expect(view.compare(1, 1, 'dev')).rejects.toMatchObject({ code: 'round.notReady' });
    await expect(view.compare(0, 2, 'train')).rejects.toMatchObject({ code: 'round.notReady' });
  });

  it('makes no test where exams were held differently, and names in what', async () => {
    const { root, run, store, ports } = await reportProject();
    await run(1);
    Object.assign(store.project.exam, { maxNewTokens: 31 });
    await runStep(ports, await loadRound(ports, 1), 'exam', ['dev']);
    const { state } = await open(root);
    expect(state().comparison?.test).toEqual({
      kind: 'none',
      why: 'The exams were held differently: exam.maxNewTokens.',
    });
    expect(state().rounds[1]?.exams.find(({ set }) => set === 'dev')?.differs).toEqual([
      'exam.maxNewTokens',
    ]);
  });

  it('hears of what changed and of nothing else: a fixed gold regrades, an idle look tells nothing', async () => {
    const { root, run, store, sets } = await reportProject();
    await run(1);
    const { view, heard, state } = await open(root);
    const before = state();
    const told = heard.length;
    await view.look();
    expect(heard).toHaveLength(told);
    const right = (await view.list({ kind: 'exam', round: 0, set: 'train', group: 'right' }, 0, 1))
      .questions[0];
    expect(right?.id).toBeDefined();
    const questionId = right?.id ?? '';
    await store.decide(1, [
      { type: 'fix-gold', author: ADA, questionId, was: right?.gold ?? '', answer: '77777' },
    ]);
    await view.look();
    expect(heard.length).toBeGreaterThan(told);
    const exam = (of: DashboardState, round: number) =>
      of.rounds[round]?.exams.find(({ set }) => set === 'train');
    expect(exam(state(), 0)?.right).toBe((exam(before, 0)?.right ?? 0) - 1);
    expect(state().rounds[1]?.decisions).toMatchObject({ person: 1, byType: { 'fix-gold': 1 } });
    const wrong = await view.list({ kind: 'exam', round: 0, set: 'train', group: 'wrong' }, 0, 200);
    expect(wrong.questions.find(({ id }) => id === questionId)).toMatchObject({ gold: '77777' });
    // Another text of a question: what was answered to the older one counts nowhere.
    const [first, ...rest] = sets.dev;
    const changed = [{ ...first, question: 'What is 1 plus 1?', answer: '2' }, ...rest];
    await writeFile(
      join(root, 'data/dev.jsonl'),
      changed.map((row) => `${JSON.stringify(row)}\n`).join(''),
    );
    await view.look();
    const dev = state().rounds[0]?.exams.find(({ set }) => set === 'dev');
    expect(dev).toMatchObject({ outdated: 1, accuracy: { n: 29 } });
    const outdated = { kind: 'exam', round: 0, set: 'dev', group: 'outdated' } as const;
    expect((await view.list(outdated, 0, 10)).questions.map(({ id }) => id)).toEqual(['dev-0']);
  });

  it('counts looks at the test set and shows its numbers where somebody looked', async () => {
    const { root, run, store, ports } = await reportProject();
    await run();
    const { view, state } = await open(root);
    expect(state().testLooks).toEqual({ times: 0, last: null });
    await sitTest(ports, store, 2);
    await sitTest(ports, store, 1);
    await view.look();
    expect(state().testLooks?.times).toBe(2);
    expect(state().rounds[2]?.exams.map(({ set, role }) => [set, role])).toContainEqual([
      'test',
      'test',
    ]);
    // A pair is never chosen on the test set by itself.
    expect(state().comparison?.set).toBe('dev');
    await view.compare(1, 2, 'test');
    expect(state().comparison).toMatchObject({ set: 'test', role: 'test', n: 20 });
  });

  it('names bad lines and unreadable files, and shows the rest', async () => {
    const { root, run } = await reportProject();
    await run();
    await appendFile(join(root, 'rounds/0/exam/dev.ada-1.jsonl'), '{"type":"attempt"}\nnot json\n');
    await appendFile(join(root, 'data/far.jsonl'), '{"id":3}\n');
    await writeFile(join(root, 'rounds/1/manifest.json'), '{"v":1');
    const train = join(root, 'rounds/0/train.jsonl');
    await writeFile(train, `${await readFile(train, 'utf8')}\n`);
    const { view, state } = await open(root);
    const { notes, rounds } = state();
    expect(rounds).toHaveLength(3);
    expect(rounds[0]?.exams.find(({ set }) => set === 'dev')?.accuracy.n).toBe(30);
    const all = notes.join('\n');
    expect(all).toContain(
      '2 lines of rounds/0/exam/dev.ada-1.jsonl are not read, the first is line 31',
    );
    expect(all).toMatch(/Line 6 of data\/far\.jsonl .*; the rest counts\./u);
    expect(all).toContain('rounds/1/manifest.json is not readable');
    expect(all).toContain('The frozen set of round 0 was changed after it was frozen');
    expect(rounds[0]?.frozen?.withRationale).toBe(40);
    // Mended, it is not named any more.
    const kept = (await readFile(join(root, 'data/far.jsonl'), 'utf8')).split('\n').slice(0, 5);
    await writeFile(join(root, 'data/far.jsonl'), `${kept.join('\n')}\n`);
    await view.look();
    expect(state().notes.join('\n')).not.toContain('far.jsonl');
  });

  it('a round that cannot be read is left out, and a project file in an edit keeps what was shown', async () => {
    const { root, run } = await reportProject();
    await run();
    await writeFile(join(root, 'rounds/1/round.json'), '{"v":2}');
    const { view, state } = await open(root);
    expect(state().rounds.map(({ round }) => round)).toEqual([0, 2]);
    expect(state().notes.join()).toContain('written by a newer Tailor');
    const text = await readFile(join(root, 'tailor.json'), 'utf8');
    await writeFile(join(root, 'tailor.json'), text.slice(0, 20));
    await view.look();
    expect(state().rounds).toHaveLength(2);
    expect(state().notes[0]).toContain('tailor.json is not valid JSON');
    await writeFile(join(root, 'tailor.json'), text);
    await view.look();
    expect(state().notes.join()).not.toContain('tailor.json');
  });

  it('an empty project is a picture without rounds; without a project there is none', async () => {
    const { root, store } = await reportProject();
    await store.close();
    await rm(join(root, 'rounds'), { recursive: true, force: true });
    const { state } = await open(root);
    expect(state()).toMatchObject({ rounds: [], comparison: null, training: null, students: [] });
    await expect(open(await temporaryFolder())).rejects.toMatchObject({ code: 'project.missing' });
  });

  it('names no money where one profile has no price', async () => {
    const { root, run } = await reportProject();
    await run(1);
    const { state } = await open(root, new Map());
    expect(state().rounds[0]?.spent).toMatchObject({ money: null });
  });

  it('says which students saw which frozen sets, and where each question was taught', async () => {
    const { root, run, store } = await reportProject();
    await run();
    const { view, state } = await open(root);
    const { students } = state();
    expect(students.map(({ madeIn, saw }) => [madeIn?.round ?? null, saw])).toEqual([
      [null, []],
      [0, [0]],
      [1, [0, 1]],
    ]);
    const rows = [...(await store.frozenRows(0)), ...(await store.frozenRows(1))];
    const distinct = new Set(
      rows.flatMap(({ id, positives }) => positives.map((p) => `${id} ${p.id}`)),
    );
    expect(students[2]?.positives).toBe(distinct.size);
    const known = { kind: 'coverage', round: 0, group: 'with-rationale' } as const;
    const listed = await view.list(known, 0, 5);
    expect(listed.questions[0]?.taughtIn).toEqual([0, 1]);
  });
});
