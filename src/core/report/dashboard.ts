import { NO_FIXES, questionNow } from '../curation/questionText.ts';
import { kindOfRecord } from '../curation/recordChoices.ts';
import { runWhole } from '../runWhole.ts';
import { answerInWords } from '../teaching/answerForm.ts';
import type { DashboardState } from '../../shared/dashboardContract.ts';
import type { TrainingSnapshot } from '../../shared/trainingContract.ts';
import type { ProbeSample } from '../training/runTale.ts';
import type { Text } from '../sentence.ts';
import { acceptanceViews } from './acceptance.ts';
import { comparisonView, type Compared } from './comparison.ts';
import { findTrajectoriesSteps, trainOf, trajectoriesIn } from './history.ts';
import { studentsIn } from './ledger.ts';
import type { SetOverlap } from './overlaps.ts';
import type { Picture } from './picture.ts';
import { roundViewsSteps } from './roundView.ts';

/** What the Dashboard shows beside what its files say: the pair that is compared, and a training as it goes on. */
export interface Beside {
  readonly rev: number;
  readonly compared: Compared | null;
  readonly training: TrainingSnapshot | null;
  /** What the shown run's probes were answered. */
  readonly probes: readonly ProbeSample[];
}

const NONE = { learned: 0, forgotten: 0, stubborn: 0, known: 0, flaky: 0, unclear: 0 };

/** What is the same while no file changes. */
export type PictureState = Omit<
  DashboardState,
  'rev' | 'comparison' | 'contamination' | 'contaminationKnown' | 'training' | 'probes'
>;

/** The whole picture as it is shown; `say` finds the words of its sentences. */
export function dashboardState(
  picture: Picture,
  beside: Beside,
  say: (text: Text) => string,
): DashboardState {
  return withLive(runWhole(pictureStateSteps(picture, say)), picture, beside, say);
}

/** What changes without a file's doing so, laid over what the files say. */
export function withLive(
  state: PictureState,
  picture: Picture,
  { rev, compared, training, probes }: Beside,
  say: (text: Text) => string,
): DashboardState {
  return {
    ...state,
    rev,
    comparison: compared && comparisonView(compared, say),
    contamination: (picture.overlaps ?? []).map(overlapView),
    contaminationKnown: picture.overlaps !== null,
    training,
    probes: probeViews(picture, probes),
  };
}

/** All that the files say. A generator, so that a caller can let others go first. */
export function* pictureStateSteps(
  picture: Picture,
  say: (text: Text) => string,
): Generator<void, PictureState, void> {
  const rounds = yield* roundViewsSteps(picture, say);
  yield* findTrajectoriesSteps(picture);
  const byPrompt = acceptanceViews(picture, 'prompt');
  yield;
  const byErrorKind = acceptanceViews(picture, 'error-kind');
  yield;
  return {
    project: picture.project,
    labels: picture.labels.map(say),
    sets: picture.sets.map(({ name, role, questions }) => ({
      name,
      role,
      questions: questions.length,
    })),
    rounds,
    trajectories: trajectoryCounts(picture),
    acceptance: { byPrompt, byErrorKind },
    students: studentsIn(picture),
    testLooks: picture.looks && { ...picture.looks },
    notes: picture.notes.map(say),
  };
}

function trajectoryCounts(picture: Picture): DashboardState['trajectories'] {
  const counts = { ...NONE };
  for (const [trajectory, ids] of trajectoriesIn(picture)) counts[trajectory] = ids.length;
  const train = trainOf(picture)?.name ?? '';
  const sat = picture.rounds.filter(({ exams }) => exams.has(train)).map(({ round }) => round);
  const upTo = sat.at(-1) ?? null;
  const newest = picture.rounds.at(-1)?.round ?? null;
  // What changes over rounds needs two; what the newest student forgot, an exam that it sat.
  const open = [
    ...(sat.length < 2 ? (['learned', 'stubborn', 'forgotten'] as const) : []),
    ...(sat.length >= 2 && newest !== upTo ? (['forgotten'] as const) : []),
  ];
  const unknown = open.filter((trajectory) => counts[trajectory] === 0);
  return { counts, rounds: sat.length, upTo, newest, unknown };
}

/** By question, in the order in which they were asked, each with its answers by epoch. */
function probeViews(picture: Picture, samples: readonly ProbeSample[]): DashboardState['probes'] {
  const dev = picture.sets.find(({ role }) => role === 'dev')?.byId;
  const byId = new Map<string, DashboardState['probes'][number]>();
  for (const { questionId, epoch, text, answer, correct: right } of samples) {
    const question = dev?.get(questionId);
    const now = question && questionNow(question, { ...NO_FIXES, gold: picture.curation.gold });
    const inWords = (said: string): string => (now ? answerInWords(now, said) : said);
    const view = byId.get(questionId) ?? {
      questionId,
      question: question?.question ?? '',
      gold: now ? inWords(now.answer) : '',
      choices: (now && kindOfRecord(now).choices) ?? [],
      samples: [],
    };
    byId.set(questionId, view);
    view.samples.push({ epoch, text, answer: answer === null ? null : inWords(answer), right });
  }
  return [...byId.values()];
}

/** Groups that are shown; `list` has all questions. */
const EXAMPLES = 5;

function overlapView({
  of,
  with: other,
  same,
  groups,
  ids,
}: SetOverlap): DashboardState['contamination'][number] {
  const examples = groups.slice(0, EXAMPLES).map(({ first, second }) => ({
    first: first.slice(0, EXAMPLES),
    second: second.slice(0, EXAMPLES),
  }));
  return { of, with: other, same, groups: groups.length, questions: ids.length, examples };
}
