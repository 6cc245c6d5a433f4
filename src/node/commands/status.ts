import { AppError } from '../../core/errors.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import { dataSets } from '../../core/project/dataSets.ts';
import { verdictOn } from '../../core/report/verdict.ts';
import { looksSentence } from '../../core/round/looks.ts';
import { formatP, formatRate } from '../../core/round/statistics.ts';
import {
  compareRounds,
  outcomesOf,
  summarise,
  type ExamOutcomes,
} from '../../core/round/summary.ts';
import type { Comparison } from '../../core/round/compare.ts';
import { lateSentence } from '../../core/round/lateDecisions.ts';
import { GATE_RULE } from '../../core/round/gateRule.ts';
import { examSets, nextStep } from '../../core/round/state.ts';
import type { Step } from '../../core/round/step.ts';
import { someIds } from '../terminal/format.ts';
import { roundsTable, STEP_NAMES } from '../terminal/roundsTable.ts';
import { stoppedAt } from '../trainer/stoppedAt.ts';
import { looksOf } from './lookAtTest.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import { disagreedSentence, openDisagreements } from './disagreements.ts';
import { allOpinions, summarySentence } from './opinion.ts';

/** `tailor status`: the table of rounds and the next step; reads files only. */
export function status(context: CommandContext): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const summaries = await summarise(session.store);
    const round = await currentRound(session, undefined);
    const state = await session.store.state(round);
    const isLast = round === session.rounds;
    const extra = Object.keys(session.store.project.data.extra);
    const step = state ? nextStep(state, examSets(extra, isLast), isLast) : 'exam';
    const stopped = step === 'train' ? await stoppedAt(session.root, round) : null;
    const next =
      step === null
        ? joined([
            sentence`All rounds are finished.`,
            sentence`To go on, raise "rounds" in tailor.json (now ${session.rounds}).`,
          ])
        : stopped === null
          ? nextSentence(step, round)
          : sentence`Next: ${STEP_NAMES[step]} of round ${round}, stopped at step ${stopped.step} of ${stopped.steps}: tailor train.`;
    const disputed = await openDisagreements(session);
    const disagreed = disputed.flatMap(({ round: of, questions }) => {
      const told = disagreedSentence(of, questions);
      const how = sentence`See who decided what: tailor decide disagreements --round ${of}`;
      return told === null ? [] : [joined([told, how])];
    });
    const opinions = await allOpinions(session);
    const scores = opinions.map(({ round: of, ...summary }) => summarySentence(of, summary));
    const late = summaries.flatMap(({ round: of, late: count }) => lateSentence(of, count) ?? []);
    return {
      text: joined(
        [
          session.store.project.name,
          roundsTable(summaries),
          ...late,
          ...disagreed,
          ...scores,
          next,
        ],
        '\n\n',
      ),
      json: {
        project: session.store.project.name,
        rounds: summaries,
        disagreements: disputed,
        opinions,
        next: step && { round, step, ...(stopped === null ? {} : { stoppedAt: stopped }) },
      },
    };
  });
}

/** The next step and what a person calls for it: to decide is the one step that gives no command its name. */
function nextSentence(step: Step, round: number): Sentence {
  return step === 'curate'
    ? sentence`Next: ${STEP_NAMES[step]} of round ${round}: tailor decide accept --rule ${GATE_RULE}, or one by one in Review.`
    : sentence`Next: ${STEP_NAMES[step]} of round ${round}: tailor ${step}.`;
}

/** `tailor compare A B`: two rounds' greedy exams on the same questions, with the questions that changed. */
export function compare(
  context: CommandContext,
  options: { readonly from?: number; readonly to?: number; readonly set: string },
): Promise<CommandResult> {
  return withSession(context, async ({ store }) => {
    const examined: number[] = [];
    for (const round of await store.rounds()) {
      if ((await store.state(round))?.exams[options.set]) examined.push(round);
    }
    const from = options.from ?? examined[0];
    const to = options.to ?? examined.at(-1);
    const before = from === undefined ? null : await outcomesOf(store, from, options.set);
    const after = to === undefined ? null : await outcomesOf(store, to, options.set);
    if (!before || !after || from === to) {
      throw new AppError(
        'round.notReady',
        sentence`Two different rounds with an exam on ${options.set} are needed.`,
        {
          hint:
            examined.length === 0
              ? sentence`No round has one yet.`
              : sentence`Rounds that have one: ${examined.join(', ')}.`,
        },
      );
    }
    const role = dataSets(store.project).find(({ name }) => name === options.set)?.role ?? 'extra';
    const result = compareRounds(before, after);
    const changes = sentence`fixed ${result.fixed.length}, newly wrong ${result.newlyWrong.length}, still wrong ${result.stillWrong.length}, still right ${result.stillRight.length}`;
    const lines = [
      sentence`${options.set}, round ${from ?? ''} → round ${to ?? ''}, ${result.n} questions in both`,
      ...notesOf(before, after, result),
      sentence`before ${formatRate(result.accuracyBefore)}`,
      sentence`after  ${formatRate(result.accuracyAfter)}`,
      result.mcnemarP === null
        ? changes
        : sentence`${changes}, exact McNemar ${formatP(result.mcnemarP)}`,
      verdictOn({ from: from ?? 0, to: to ?? 0, role, comparison: result }),
      ...(role === 'test' ? [looksSentence(await looksOf(store))] : []),
      sentence`newly wrong: ${someIds(result.newlyWrong)}`,
      sentence`fixed: ${someIds(result.fixed)}`,
    ];
    const outdated = { before: before.outdated, after: after.outdated };
    return { text: joined(lines, '\n'), json: { from, to, set: options.set, outdated, ...result } };
  });
}

/** What the two exams do not share. */
function notesOf(before: ExamOutcomes, after: ExamOutcomes, { differs }: Comparison): Sentence[] {
  const notes: Sentence[] = [];
  if (before.outdated + after.outdated > 0) {
    notes.push(
      sentence`left out because their text changed since: ${before.outdated} questions of the exam before, ${after.outdated} of the one after (tailor exam --round N asks again)`,
    );
  }
  if (differs.length > 0) {
    notes.push(
      sentence`the exams were held differently (${differs.join(', ')}): the students are not all that differs, so no test is made`,
    );
  }
  return notes;
}
