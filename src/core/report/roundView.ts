import type { RoundView } from '../../shared/dashboardContract.ts';
import { spentView } from './costs.ts';
import { examView } from './examView.ts';
import type { Picture, PictureExam, PictureRound } from './picture.ts';

/** Every round with its exams, each beside the one of the same set before it. */
export function roundViews(picture: Picture): RoundView[] {
  const last = new Map<string, PictureExam>();
  return picture.rounds.map((one) => {
    const exams = [...one.exams.values()].map((exam) => examView(exam, last.get(exam.set)));
    for (const exam of one.exams.values()) last.set(exam.set, exam);
    return roundView(one, picture, exams);
  });
}

function roundView(
  { round, state, manifest, taught, decisions, peakMemoryMB, runs }: PictureRound,
  { prices }: Picture,
  exams: RoundView['exams'],
): RoundView {
  return {
    round,
    student: { name: nameOf(state.student.path), digest: state.student.digest },
    exams,
    frozen: manifest && frozenView(manifest),
    teacher: teacherOf(state, manifest),
    spent: spentView(taught.spent, prices),
    seconds: state.seconds,
    peakMemoryMB,
    decisions,
    runs: runs.map((run) => ({ ...run, chosen: state.training?.runId === run.runId })),
  };
}

function frozenView({
  trainSha256: sha256,
  coverage,
  warnings,
}: NonNullable<PictureRound['manifest']>): RoundView['frozen'] {
  const { questions, withRationale, withPair, positives, negatives } = coverage;
  const { bySource, uncovered } = coverage;
  return {
    sha256,
    questions,
    withRationale,
    withPair,
    positives,
    negatives,
    bySource,
    uncovered,
    warnings,
  };
}

function teacherOf(
  { teaching }: PictureRound['state'],
  manifest: PictureRound['manifest'],
): RoundView['teacher'] {
  const teacher = teaching ?? manifest?.teacher ?? null;
  return teacher && { profile: teacher.profile, programmatic: teacher.programmatic };
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? path;
}
