import { asSentence } from '../../core/curation/say.ts';
import { GOLD_RULE } from '../../core/curation/goldRule.ts';
import type { Settled } from '../../core/curation/suspects.ts';
import { AppError } from '../../core/errors.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import type { Suspicion } from '../../core/grading/verdict.ts';
import { doubtsOf } from '../../core/round/doubts.ts';
import { gradeRound } from '../../core/round/examRound.ts';
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
  /** A rule's word on the gold has settled it, and nothing else. */
  readonly byRule: boolean;
  readonly text: string;
}

/** `tailor audit`: the wrong attempts that are perhaps not wrong, after grading everything afresh. */
export function audit(context: CommandContext, options: RoundOption): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const round = await examinedRound(session, options.round);
    const state = await session.store.state(round);
    if (state) await gradeRound({ store: session.store }, state);
    const suspects = (await doubtsOf(session.store, round)).map(
      ({ graded, settled, byRule, confirmed }): DoubtfulAttempt => {
        const { questionId, sample, text } = graded.attempt;
        const { gold, suspicions: reasons } = graded;
        const read = graded.grade.value;
        return { questionId, sample, reasons, read, gold, confirmed, settled, byRule, text };
      },
    );
    return { text: auditText(round, suspects), json: { round, suspects } };
  });
}

/** What is still to be decided, with what the reasons mean and how to decide; the settled ones as counts. */
export function auditText(round: number, suspects: readonly DoubtfulAttempt[]): Sentence {
  if (suspects.length === 0)
    return sentence`Round ${round}: no attempt that was graded wrong is in doubt.`;
  const open = suspects.filter(({ settled }) => settled === 'open');
  const count = (as: Settled): number => suspects.filter(({ settled }) => settled === as).length;
  const head = joined([
    sentence`Round ${round}: ${suspects.length} attempts that were graded wrong are or were in doubt: ${open.length} are open, ${count('negative')} may stand in pairs after all, ${count('right')} count as right, ${count('left-out')} stay out of the pairs.`,
    ...settledByRule(suspects),
  ]);
  if (open.length === 0) return head;
  const reasons = [...new Set(open.flatMap((one) => one.reasons))];
  const ofGold = open.find(
    ({ confirmed, reasons: own }) =>
      !confirmed && own.some((one) => one === 'suspect-gold' || one === 'gold-in-doubt'),
  );
  const example = JSON.stringify({
    questionId: open[0]?.questionId,
    sample: open[0]?.sample,
    verdict: 'wrong',
  });
  return joined(
    [
      head,
      sentence`An open one is kept out of the pairs until someone decides, with \`tailor decide edit FILE\` and a row such as`,
      `  ${example}`,
      ...(ofGold
        ? [
            sentence`and a gold that is wrong is fixed with a row such as`,
            `  ${JSON.stringify({ questionId: ofGold.questionId, gold: '…', reason: '…' })}`,
          ]
        : []),
      '',
      ...reasons.map((one) => joined([one, asSentence(`doubt.${one}`)], ': ')),
      '',
      ...open.map(
        ({ questionId, sample, reasons: own, read, gold }) =>
          sentence`${questionId} sample ${sample}: read ${read ?? sentence`nothing`}, gold ${gold}; ${own.join(', ')}`,
      ),
    ],
    '\n',
  );
}

/** What an exam says of its doubts: how many wait for someone, and how many its own rule has settled. */
export function doubtLine(
  doubts: readonly Pick<DoubtfulAttempt, 'settled' | 'byRule'>[],
): Sentence | null {
  if (doubts.length === 0) return null;
  const open = doubts.filter(({ settled }) => settled === 'open').length;
  const now =
    open === 0
      ? sentence`No wrong attempt is in doubt now.`
      : open === 1
        ? sentence`1 wrong attempt is in doubt: tailor audit.`
        : sentence`${open} wrong attempts are in doubt: tailor audit.`;
  return joined([now, ...settledByRule(doubts)]);
}

/** What goes after other sentences: one, or none. */
function settledByRule(doubts: readonly Pick<DoubtfulAttempt, 'byRule'>[]): Sentence[] {
  const count = doubts.filter(({ byRule }) => byRule).length;
  if (count === 0) return [];
  return [
    count === 1
      ? sentence`1 was settled by the rule ${GOLD_RULE}: the question's own equation proves the gold.`
      : sentence`${count} were settled by the rule ${GOLD_RULE}: the question's own equation proves the gold.`,
  ];
}

async function examinedRound(session: Session, named: number | undefined): Promise<number> {
  if (named !== undefined) return currentRound(session, named);
  const rounds = [...(await session.store.rounds())].reverse();
  for (const round of rounds) {
    if ((await session.store.state(round))?.exams['train']) return round;
  }
  throw new AppError('round.notReady', sentence`No training question has been examined yet.`, {
    hint: sentence`Run it first: tailor exam.`,
  });
}
