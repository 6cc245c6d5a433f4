import { runWhole } from '../runWhole.ts';
import type { ListedQuestion } from '../../shared/dashboardContract.ts';
import { trajectoryOf, type RoundShare, type Trajectory } from '../round/trajectory.ts';
import type { Picture, PictureSet } from './picture.ts';

/** How often a question was right, round by round, oldest first; null where it was not asked. */
export function historyOf(picture: Picture, set: string, id: string): ListedQuestion['history'] {
  return picture.rounds.flatMap(({ round, exams }) => {
    const exam = exams.get(set);
    if (!exam) return [];
    const tally = exam.tally.questions.get(id);
    return [{ round, right: tally?.right ?? null, samples: tally?.samples ?? null }];
  });
}

/** What was answered to a question in these rounds, as far as they asked it; null: in the newest round that did. */
export function answersOf(
  picture: Picture,
  { set, rounds }: { readonly set: string; readonly rounds: readonly number[] | null },
  id: string,
): ListedQuestion['answers'] {
  const answers = picture.rounds.flatMap(({ round, exams }) => {
    if (rounds?.includes(round) === false) return [];
    const tally = exams.get(set)?.tally.questions.get(id);
    return tally ? [{ round, answer: tally.answer }] : [];
  });
  return rounds === null ? answers.slice(-1) : answers;
}

type Trajectories = ReadonlyMap<Trajectory, readonly string[]>;

/** Rounds of a picture never change: what was found of them once is found of every list. */
const kept = new WeakMap<
  Picture['rounds'],
  { readonly train: PictureSet | undefined; readonly groups: Trajectories }
>();

/** The training questions by what their rounds say about them, in the data's order. */
export function trajectoriesIn(picture: Picture): Trajectories {
  return runWhole(findTrajectoriesSteps(picture));
}

/** Questions between two yields. */
const PIECE = 1000;

/** The same piece by piece; once for each picture. */
export function* findTrajectoriesSteps(picture: Picture): Generator<void, Trajectories, void> {
  const train = trainOf(picture);
  const known = kept.get(picture.rounds);
  if (known && known.train === train) return known.groups;
  const groups = new Map<Trajectory, string[]>();
  const exams = picture.rounds.flatMap(({ exams: of }) => of.get(train?.name ?? '') ?? []);
  let left = PIECE;
  for (const { id } of train?.questions ?? []) {
    left -= 1;
    if (left === 0) {
      left = PIECE;
      yield;
    }
    const shares = exams.flatMap(({ tally }): RoundShare[] => {
      const one = tally.questions.get(id);
      return one ? [one] : [];
    });
    if (shares.length === 0) continue;
    const trajectory = trajectoryOf(shares);
    const group = groups.get(trajectory);
    if (group) group.push(id);
    else groups.set(trajectory, [id]);
  }
  kept.set(picture.rounds, { train, groups });
  return groups;
}

/** The set that is trained on. */
export function trainOf(picture: Picture): PictureSet | undefined {
  return picture.sets.find(({ role }) => role === 'train');
}
