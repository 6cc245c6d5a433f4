import { AppError } from '../../core/errors.ts';
import type { LoopPorts } from '../../core/round/ports.ts';
import type { Clock } from '../../core/ports.ts';
import { countLooks, looksSentence, TEST_SET, type Looks } from '../../core/round/looks.ts';
import { loadRound, runStep } from '../../core/round/runRounds.ts';
import { formatRate } from '../../core/round/statistics.ts';
import { summarise } from '../../core/round/summary.ts';
import { joined, sentence } from '../../core/sentence.ts';
import { person } from '../session/person.ts';
import { loadProject } from '../project/loadProject.ts';
import { ProjectStore } from '../project/projectStore.ts';
import { withLoop, type CommandContext, type CommandResult } from './context.ts';

/**
 * `tailor exam --set test --look`: the student of a round sits the test exam, once somebody has asked for it. The look
 * is on the disk before the first question is asked; nothing that is trained or chosen rests on it.
 */
export function lookAtTest(
  context: CommandContext,
  options: { readonly round?: number },
): Promise<CommandResult> {
  return withLoop(context, (ports, { store }) => sitTest(ports, store, options.round));
}

/** Records the look, examines, and tells what came of it, with how often somebody looked by now. */
export async function sitTest(
  ports: LoopPorts,
  store: ProjectStore,
  named?: number,
): Promise<CommandResult> {
  requireTest(store);
  // A set that cannot be read is no look.
  await store.questions(TEST_SET);
  const round = named ?? (await newestExamined(store));
  const state = await loadRound(ports, round);
  await store.recordLook(round, {
    type: 'look',
    set: TEST_SET,
    author: person(),
    student: state.student.digest,
  });
  await runStep(ports, state, 'exam', [TEST_SET]);
  const summary = (await summarise(store)).find((one) => one.round === round);
  const result = summary?.results.find(({ set }) => set === TEST_SET);
  const looks = await looksOf(store);
  const accuracy = result ? formatRate(result.accuracy) : '';
  const lines = [sentence`Test exam of round ${round}: ${accuracy}`, looksSentence(looks)];
  return { text: joined(lines, '\n'), json: { round, result, looks } };
}

/** Looks at the test set over all rounds. */
export async function looksOf(store: ProjectStore): Promise<Looks> {
  const rounds = await store.rounds();
  return countLooks(await Promise.all(rounds.map((round) => store.looks(round))));
}

/** The same of a project that is only read; refuses where it has no test set. */
export async function looksIn(root: string, clock: Clock): Promise<Looks> {
  const { file: project } = await loadProject(root);
  // Reading writes nothing: the name is never used.
  const options = { root, project, writer: 'reader', clock, onBad: () => undefined };
  const store = new ProjectStore(options);
  requireTest(store);
  return looksOf(store);
}

/** Refuses where the project has no test set. */
export function requireTest(store: Pick<ProjectStore, 'project'>): void {
  if (store.project.data.test !== undefined) return;
  throw new AppError('usage', sentence`This project has no test set.`, {
    hint: sentence`Import one: tailor import FORMAT FILE --to test.`,
  });
}

/** Why an exam that names the test set among others, or does not say that it is meant, is not held. */
export function refuseUnmeantTest(options: {
  readonly set?: readonly string[];
  readonly look?: boolean;
}): void {
  const { set = [], look = false } = options;
  if (look && (set.length !== 1 || set[0] !== TEST_SET)) {
    throw new AppError('usage', sentence`--look is for the test set alone.`, {
      hint: sentence`Say --set test --look.`,
    });
  }
  if (!look && set.includes(TEST_SET)) {
    throw new AppError('usage', sentence`The test set is examined on purpose only.`, {
      hint: sentence`Say --set test --look: every look is counted and shown.`,
    });
  }
}

async function newestExamined(store: ProjectStore): Promise<number> {
  for (const round of [...(await store.rounds())].reverse()) {
    if ((await store.state(round))?.exams['dev']) return round;
  }
  throw new AppError('round.notReady', sentence`No round has been examined yet.`, {
    hint: sentence`Run it first: tailor exam.`,
  });
}
