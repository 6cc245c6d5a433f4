import { inEnglish } from '../../core/curation/say.ts';
import { isGoldConfirmed } from '../../core/curation/curation.ts';
import { settledAs, type Settled } from '../../core/curation/suspects.ts';
import { AppError } from '../../core/errors.ts';
import type { Suspicion } from '../../core/grading/verdict.ts';
import { curationUpTo } from '../../core/round/curationUpTo.ts';
import { GATE_RULE } from '../../core/round/curateRound.ts';
import { gradeRound } from '../../core/round/examRound.ts';
import { gradedTrainAttempts } from '../../core/round/gradedTrain.ts';
import type { Session } from '../session/session.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import type { RoundOption } from './steps.ts';

/** A wrong attempt that is perhaps not wrong, and what has become of it. */
export interface DoubtfulAttempt {
  readonly questionId: string;
  readonly sample: number;
  readonly reasons: readonly Suspicion[];
  readonly read: string | null;
  readonly gold: string;
  /** Somebody, or a rule, said that the gold is right. */
  readonly confirmed: boolean;
  readonly settled: Settled;
  readonly text: string;
}

/** `tailor audit`: the wrong attempts that are perhaps not wrong, after grading everything afresh. */
export function audit(context: CommandContext, options: RoundOption): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const round = await examinedRound(session, options.round);
    const state = await session.store.state(round);
    if (state) await gradeRound({ store: session.store }, state);
    const curation = await curationUpTo(session.store, round);
    const suspects = (await gradedTrainAttempts(session.store, round, curation))
      .filter(({ suspicions }) => suspicions.length > 0)
      .map((graded): DoubtfulAttempt => {
        const { questionId, sample, text } = graded.attempt;
        return {
          questionId,
          sample,
          reasons: graded.suspicions,
          read: graded.grade.value,
          gold: graded.gold,
          confirmed: isGoldConfirmed(curation, questionId, graded.gold),
          settled: settledAs(graded, curation),
          text,
        };
      });
    return { text: auditText(round, suspects), json: { round, suspects } };
  });
}

/** What is still to be decided, with what the reasons mean and how to decide; the settled ones as counts. */
export function auditText(round: number, suspects: readonly DoubtfulAttempt[]): string {
  if (suspects.length === 0) return `Round ${round}: no attempt that was graded wrong is in doubt.`;
  const open = suspects.filter(({ settled }) => settled === 'open');
  const count = (as: Settled): number => suspects.filter(({ settled }) => settled === as).length;
  const sums = [
    `${open.length} are open`,
    `${count('negative')} may stand in pairs after all`,
    `${count('right')} count as right`,
    `${count('left-out')} stay out of the pairs`,
  ];
  const head = `Round ${round}: ${suspects.length} attempts that were graded wrong are or were in doubt: ${sums.join(', ')}.`;
  if (open.length === 0) return head;
  const reasons = [...new Set(open.flatMap((one) => one.reasons))];
  const ofGold = reasons.some((one) => one === 'suspect-gold' || one === 'gold-in-doubt');
  const example = JSON.stringify({
    questionId: open[0]?.questionId,
    sample: open[0]?.sample,
    verdict: 'wrong',
  });
  return [
    head,
    'An open one is kept out of the pairs until someone decides, with `tailor decide edit FILE` and a row such as',
    `  ${example}`,
    ...(ofGold
      ? [`\`tailor decide accept --rule ${GATE_RULE}\` confirms golds that the data prove.`]
      : []),
    '',
    ...reasons.map((one) => `${one}: ${inEnglish(`doubt.${one}`)}`),
    '',
    ...open.map(
      ({ questionId, sample, reasons: own, read, gold }) =>
        `${questionId} sample ${sample}: read ${read ?? 'nothing'}, gold ${gold}; ${own.join(', ')}`,
    ),
  ].join('\n');
}

async function examinedRound(session: Session, named: number | undefined): Promise<number> {
  if (named !== undefined) return currentRound(session, named);
  const rounds = [...(await session.store.rounds())].reverse();
  for (const round of rounds) {
    if ((await session.store.state(round))?.exams['train']) return round;
  }
  throw new AppError('round.notReady', 'No training question has been examined yet.', {
    hint: 'Run it first: tailor exam.',
  });
}
