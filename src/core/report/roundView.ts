import type { RoundView } from '../../shared/dashboardContract.ts';
import { lastPart } from '../lastPart.ts';
import type { Manifest } from '../round/frozen.ts';
import type { Text } from '../sentence.ts';
import { askedView, servedView, spentView } from './costs.ts';
import { ALL_QUESTIONS, coverageOf, WITH_PAIR, WITH_RATIONALE, type Coverage } from './coverage.ts';
import { examView } from './examView.ts';
import { opinionsView } from './opinions.ts';
import type { Picture, PictureExam, PictureRound } from './picture.ts';

/** Every round with its exams, each beside the one of the same set before it. */
export function* roundViewsSteps(
  picture: Picture,
  say: (text: Text) => string,
): Generator<void, RoundView[], void> {
  const last = new Map<string, PictureExam>();
  const views: RoundView[] = [];
  for (const one of picture.rounds) {
    const exams: RoundView['exams'] = [];
    for (const exam of one.exams.values()) {
      exams.push(examView(exam, last.get(exam.set), say));
      last.set(exam.set, exam);
      yield;
    }
    views.push(roundView(one, picture, exams));
    yield;
  }
  return views;
}

function roundView(one: PictureRound, picture: Picture, exams: RoundView['exams']): RoundView {
  const { prices } = picture;
  const opinions = opinionsView(one);
  const { round, state, manifest, taught, served, decisions, tokens, peakMemoryMB, runs } = one;
  const teacher = teacherOf(state, manifest);
  return {
    round,
    student: { name: lastPart(state.student.path), digest: state.student.digest },
    exams,
    frozen: manifest && frozenView(manifest, coverageOf(one)),
    teacher,
    spent: spentView(taught.spent, prices),
    asked: askedView(taught.spent, prices, teacher),
    served: served && servedView(served),
    ...(opinions === undefined ? {} : { opinions }),
    seconds: state.seconds,
    tokens,
    peakMemoryMB,
    decisions,
    runs: runs.map(({ runId, state: of }) => ({
      runId,
      state: of,
      chosen: state.training?.runId === runId,
    })),
  };
}

/** Questions are counted as the lists hold them; the manifest's own counts where its rows cannot be read. */
function frozenView(
  { trainSha256: sha256, coverage, warnings }: Manifest,
  found: Coverage | null,
): RoundView['frozen'] {
  const { positives, negatives, bySource } = coverage;
  const count = (group: string): number => found?.get(group)?.length ?? 0;
  const counted = found
    ? {
        questions: count(ALL_QUESTIONS),
        withRationale: count(WITH_RATIONALE),
        withPair: count(WITH_PAIR),
        uncovered: Object.fromEntries(
          [...found.keys()]
            .filter((group) => !NAMED.has(group))
            .map((group) => [group, count(group)]),
        ),
      }
    : {
        questions: coverage.questions,
        withRationale: coverage.withRationale,
        withPair: coverage.withPair,
        uncovered: coverage.uncovered,
      };
  return { sha256, positives, negatives, bySource, ...counted, warnings };
}

/** What has a number of its own; every other group is a reason. */
const NAMED: ReadonlySet<string> = new Set([ALL_QUESTIONS, WITH_RATIONALE, WITH_PAIR]);

function teacherOf(
  { teaching }: PictureRound['state'],
  manifest: PictureRound['manifest'],
): RoundView['teacher'] {
  const teacher = teaching ?? manifest?.teacher ?? null;
  return teacher && { profile: teacher.profile, programmatic: teacher.programmatic };
}
