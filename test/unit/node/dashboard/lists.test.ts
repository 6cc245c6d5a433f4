import { describe, expect, it, onTestFinished } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { runStep, loadRound } from '../../../../src/core/round/runRounds.ts';
import { sitTest } from '../../../../src/node/commands/lookAtTest.ts';
import { listsIn } from '../../../../src/core/report/listsIn.ts';
import { DashboardView } from '../../../../src/node/dashboard/dashboardView.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import type { DashboardState, ListName } from '../../../../src/shared/dashboardContract.ts';
import { listedQuestionSchema } from '../../../../src/shared/dashboardContract.ts';
import { TRAINING_STRINGS } from '../../../../src/shared/trainingStrings.ts';
import { reportProject } from '../../../fakes/reportProject.ts';

const author = { kind: 'person', name: 'ada' } as const;

/** Every number of a state with the list that stands behind it. */
function numbersOf(state: DashboardState): { list: ListName; count: number }[] {
  const numbers: { list: ListName; count: number }[] = [];
  for (const { round, exams, frozen } of state.rounds) {
    for (const { set, right, wrong, noAnswer, truncated, outdated } of exams) {
      const exam = { kind: 'exam', round, set } as const;
      numbers.push({ list: { ...exam, group: 'right' }, count: right });
      numbers.push({ list: { ...exam, group: 'wrong' }, count: wrong });
      numbers.push({ list: { ...exam, group: 'no-answer' }, count: noAnswer });
      numbers.push({ list: { ...exam, group: 'truncated' }, count: truncated });
      numbers.push({ list: { ...exam, group: 'outdated' }, count: outdated });
    }
    if (!frozen) continue;
    const coverage = { kind: 'coverage', round } as const;
    numbers.push({ list: { ...coverage, group: 'questions' }, count: frozen.questions });
    numbers.push({ list: { ...coverage, group: 'with-rationale' }, count: frozen.withRationale });
    numbers.push({ list: { ...coverage, group: 'with-pair' }, count: frozen.withPair });
    for (const [group, count] of Object.entries(frozen.uncovered)) {
      numbers.push({ list: { ...coverage, group }, count });
    }
  }
  for (const [group, count] of Object.entries(state.trajectories.counts)) {
    const list = { kind: 'trajectory', group } as ListName;
    numbers.push({ list, count });
  }
  for (const { of, with: other, same, questions } of state.contamination) {
    numbers.push({ list: { kind: 'overlap', of, with: other, same }, count: questions });
  }
  const { byPrompt, byErrorKind } = state.acceptance;
  for (const [by, views] of [
    ['prompt', byPrompt],
    ['error-kind', byErrorKind],
  ] as const) {
    for (const { name, questions } of views) {
      numbers.push({ list: { kind: 'acceptance', by, name }, count: questions });
    }
  }
  const compared = state.comparison;
  if (compared) {
    const { from, to, set, fixed, newlyWrong, stillWrong, stillRight, flaky } = compared;
    const change = { kind: 'change', from, to, set } as const;
    numbers.push({ list: { ...change, group: 'fixed' }, count: fixed });
    numbers.push({ list: { ...change, group: 'newly-wrong' }, count: newlyWrong });
    numbers.push({ list: { ...change, group: 'still-wrong' }, count: stillWrong });
    numbers.push({ list: { ...change, group: 'still-right' }, count: stillRight });
    numbers.push({ list: { ...change, group: 'flaky' }, count: flaky });
  }
  return numbers;
}

/** Two rounds in which people did all that moves a question from one list to another. */
async function decidedProject() {
  const made = await reportProject({ sizes: { train: 60, dev: 30, test: 20 } });
  const { store, ports } = made;
  const step = async (round: number, name: 'exam' | 'teach' | 'curate' | 'freeze' | 'train') =>
    runStep(ports, await loadRound(ports, round), name, ['train', 'dev', 'far']);
  await step(0, 'exam');
  await step(0, 'teach');
  const items = await store.items(0);
  const of = (at: number) => items.filter(({ questionId }) => questionId === `train-${at}`);
  const target = (at: number) => of(at).map(({ itemId, questionId }) => ({ itemId, questionId }));
  const decisions: Decision[] = [
    { type: 'accept', author, items: target(0) },
    { type: 'reject', author, items: [...target(1), ...target(2)] },
    { type: 'leave-out', author, questionId: 'train-3' },
    {
      type: 'edit',
      author,
      ...(target(4)[0] ?? { itemId: '', questionId: '' }),
      rationale: 'It is so.\nAnswer: 1',
    },
    { type: 'write', author, questionId: 'train-5', rationale: '15 + 7 = 22.\nAnswer: 22' },
  ];
  await store.decide(0, decisions);
  await step(0, 'curate');
  await step(0, 'freeze');
  await step(0, 'train');
  await store.decide(0, [{ type: 'leave-out', author, questionId: 'train-9' }]);
  await made.run();
  await sitTest(ports, store, 2);
  return made;
}

describe('the lists behind the numbers', () => {
  it('hold as many questions as their numbers say, all of them known', async () => {
    const { root, store, sets } = await decidedProject();
    const view = await DashboardView.open({
      root,
      project: 'P',
      clock: { ...systemClock, sleep: () => new Promise<void>(() => undefined) },
      strings: TRAINING_STRINGS,
      prices: () => Promise.resolve(new Map()),
    });
    onTestFinished(() => view.dispose());
    await view.look();
    const known = new Set(Object.values(sets).flatMap((rows) => rows.map(({ id }) => id)));
    let checked = 0;
    for (const [from, to, set] of [
      [0, 1, 'train'],
      [0, 2, 'dev'],
      [1, 2, 'far'],
    ] as const) {
      await view.compare(from, to, set);
      for (const { list, count } of numbersOf(view.snapshot())) {
        const { total, questions } = await view.list(list, 0, 200);
        expect(total, JSON.stringify(list)).toBe(count);
        expect(questions).toHaveLength(Math.min(200, count));
        expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
        for (const one of questions) {
          expect(listedQuestionSchema.parse(one)).toEqual(one);
          expect(known.has(one.id)).toBe(true);
          expect(one.question).not.toBe('');
        }
        checked += count > 0 ? 1 : 0;
      }
      // What a report lists is what the Dashboard's numbers open, no more and no less.
      const sorted = (all: readonly { list: ListName; count: number }[]): string[] =>
        all.map((one) => JSON.stringify(one)).sort();
      expect(sorted(listsIn(view.snapshot()))).toEqual(
        sorted(numbersOf(view.snapshot()).filter(({ count }) => count > 0)),
      );
    }
    expect(checked).toBeGreaterThan(50);
    // What people did is where it belongs, and the freeze's own counts agree.
    const ids = async (group: string): Promise<string[]> =>
      (await view.list({ kind: 'coverage', round: 0, group }, 0, 200)).questions.map(
        ({ id }) => id,
      );
    expect(await ids('left out')).toEqual(['train-3']);
    expect(await ids('a rationale misses the gold')).toEqual(['train-4']);
    const manifest = await store.manifest(0);
    expect(view.snapshot().rounds[0]?.frozen?.uncovered).toEqual(manifest?.coverage.uncovered);
    const [prompt] = view.snapshot().acceptance.byPrompt;
    expect(prompt).toMatchObject({ edited: 1, accepted: { n: items(view) } });
  });

  it('show what was answered in the rounds that they are about, not what came after', async () => {
    const { root } = await decidedProject();
    const view = await DashboardView.open({
      root,
      project: 'P',
      clock: { ...systemClock, sleep: () => new Promise<void>(() => undefined) },
      strings: TRAINING_STRINGS,
      prices: () => Promise.resolve(new Map()),
    });
    onTestFinished(() => view.dispose());
    const answers = async (list: ListName) =>
      (await view.list(list, 0, 200)).questions.map(({ gold, answers: given }) => ({
        gold,
        given: given.map(({ round, answer }) => [round, answer === gold] as const),
      }));
    const change = { kind: 'change', from: 0, to: 1, set: 'dev' } as const;
    const fixed = await answers({ ...change, group: 'fixed' });
    const lost = await answers({ ...change, group: 'newly-wrong' });
    expect(fixed.length).toBeGreaterThan(0);
    for (const { given } of fixed) {
      expect(given).toEqual([
        [0, false],
        [1, true],
      ]);
    }
    for (const { given } of lost) {
      expect(given).toEqual([
        [0, true],
        [1, false],
      ]);
    }
    const wrong = await answers({ kind: 'exam', round: 0, set: 'dev', group: 'wrong' });
    expect(wrong.length).toBeGreaterThan(fixed.length);
    for (const { given } of wrong) expect(given).toEqual([[0, false]]);
    // Of lists over all rounds it is the newest.
    const known = await view.list({ kind: 'trajectory', group: 'known' }, 0, 1);
    expect(known.questions[0]?.answers.map(({ round }) => round)).toEqual([1]);
  });

  it('come in pages, without one repeated or left out', async () => {
    const { root } = await decidedProject();
    const view = await DashboardView.open({
      root,
      project: 'P',
      clock: { ...systemClock, sleep: () => new Promise<void>(() => undefined) },
      strings: TRAINING_STRINGS,
      prices: () => Promise.resolve(new Map()),
    });
    onTestFinished(() => view.dispose());
    const list = { kind: 'exam', round: 0, set: 'train', group: 'wrong' } as const;
    const whole = await view.list(list, 0, 200);
    const paged = [];
    for (let from = 0; from < whole.total; from += 7) {
      paged.push(...(await view.list(list, from, 7)).questions);
    }
    expect(paged).toEqual(whole.questions);
    expect((await view.list(list, whole.total, 7)).questions).toEqual([]);
    const nothing = { kind: 'exam', round: 9, set: 'nowhere', group: 'right' } as const;
    expect(await view.list(nothing, 0, 7)).toEqual({ total: 0, questions: [] });
    const [first] = whole.questions;
    expect(first).toMatchObject({ set: 'train', reviewable: true });
    expect(first?.history.map(({ round }) => round)).toEqual([0, 1]);
  });
});

/** Items of the first prompt on which a person decided, edited ones included. */
function items(view: DashboardView): number {
  const { picture } = view;
  return picture.rounds
    .flatMap(({ taught }) => taught.items)
    .filter(
      ({ prompt, itemId }) =>
        prompt?.startsWith('annotate') === true &&
        picture.curation.items.get(itemId)?.by === 'person',
    ).length;
}
