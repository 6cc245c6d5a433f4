import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { questionId } from '../../../../src/core/dataset/question.ts';
import { openRound, reduceRound } from '../../../../src/core/round/state.ts';
import { DashboardView } from '../../../../src/node/dashboard/dashboardView.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import { TRAINING_STRINGS } from '../../../../src/shared/trainingStrings.ts';
import { gsm8kSolutions, SOLUTION_MODELS } from '../../../fakes/gsm8kSolutions.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { lines, openStore, writeProject } from '../../../fakes/projectFolder.ts';
import { NO_PUBLIC_DATA } from '../../../fakes/publicData.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

/** Four rounds whose dev exams are what four published models answered to the GSM8K test questions. */
async function publishedProject(): Promise<string> {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('t', 3, 1), dev: [] });
  const solutions = gsm8kSolutions();
  const dev = solutions
    .filter(({ model }) => model === SOLUTION_MODELS[0])
    .map(({ question, gold }) => ({ id: questionId(question), question, answer: gold }));
  await writeFile(join(root, 'data/dev.jsonl'), lines(dev));
  const { store } = openStore(root);
  for (const [round, model] of SOLUTION_MODELS.entries()) {
    await mkdir(store.roundFolder(round), { recursive: true });
    const fingerprint = sha256Text(model);
    const exam = await store.openExam(round, 'dev', fingerprint);
    for (const { question, text } of solutions.filter((one) => one.model === model)) {
      await exam.append({
        questionId: questionId(question),
        sample: 0,
        text: ` ${text}`,
        ids: [],
        finish: 'eos',
        minMargin: null,
      });
    }
    await exam.close();
    const opened = openRound(round, { path: `models/${model}`, digest: fingerprint });
    const event = { type: 'exam-finished', set: 'dev', fingerprint, samples: 1 } as const;
    await store.saveState(reduceRound(opened, { ...event, questions: dev.length }));
  }
  await store.close();
  return root;
}

describe.skipIf(NO_PUBLIC_DATA !== null)(
  `published solutions as rounds${NO_PUBLIC_DATA === null ? '' : ` (${NO_PUBLIC_DATA})`}`,
  () => {
    test('give the published figures through the whole report', async () => {
      const view = await DashboardView.open({
        root: await publishedProject(),
        project: 'P',
        clock: { ...systemClock, sleep: () => new Promise<void>(() => undefined) },
        strings: TRAINING_STRINGS,
        prices: () => Promise.resolve(new Map()),
      });
      onTestFinished(() => view.dispose());
      await view.look();
      const accuracies = view.snapshot().rounds.map(({ exams }) => exams[0]?.accuracy);
      expect(accuracies.map((one) => [one?.right, one?.n])).toEqual([
        [286, 1319],
        [515, 1319],
        [458, 1319],
        [742, 1319],
      ]);
      await view.compare(0, 1, 'dev');
      const first = view.snapshot().comparison;
      expect(first).toMatchObject({ n: 1319, fixed: 293, newlyWrong: 64 });
      expect(first?.test.kind === 'mcnemar' && first.test.p.toPrecision(2)).toBe('3.9e-36');
      expect(first?.verdict).toContain('Round 1 is better than round 0');
      const lost = { kind: 'change', from: 0, to: 1, set: 'dev', group: 'newly-wrong' } as const;
      expect((await view.list(lost, 0, 1)).total).toBe(64);
      await view.compare(1, 2, 'dev');
      const second = view.snapshot().comparison;
      expect(second).toMatchObject({ fixed: 152, newlyWrong: 209 });
      expect(second?.test.kind === 'mcnemar' && second.test.p.toPrecision(2)).toBe('0.0032');
      expect(second?.verdict).toContain('Round 2 is worse than round 1');
    }, 60_000);
  },
);
