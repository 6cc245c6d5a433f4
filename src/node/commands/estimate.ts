import { AppError } from '../../core/errors.ts';
import { figures } from '../../core/figures.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import { estimateRound, type RoundEstimate } from '../../core/round/estimateRound.ts';
import type { Range } from '../../core/teaching/estimate.ts';
import { aboutPrices } from '../../core/teaching/prices.ts';
import type { TeachingPurpose } from '../../core/teaching/records.ts';
import { PROGRAMMATIC } from '../teacher/profiles.ts';
import { formatDuration } from '../terminal/format.ts';
import { currentState, withLoop, type CommandContext, type CommandResult } from './context.ts';
import { refuseAfterLast } from './lastRound.ts';
import { frozenAlready, requireExam, type RoundOption } from './steps.ts';

/** `tailor teach --estimate`: what asking the teacher will take, from a few real calls that are not paid again. */
export async function estimate(
  context: CommandContext,
  purpose: TeachingPurpose | undefined,
  options: RoundOption,
): Promise<CommandResult & { readonly json: RoundEstimate }> {
  return withLoop(context, async (ports, session) => {
    const state = await currentState(ports, session, options.round);
    refuseAfterLast(session, { round: state.round, state, named: options.round });
    requireExam(state.exams['train'], state.round);
    if (state.frozen) throw frozenAlready(state.round);
    const made = await estimateRound(ports, state, purpose ? { purpose } : {});
    return { text: describeEstimate(made, context.clock.now()), json: made };
  });
}

/** The estimate in one sentence each: calls, tokens, money with the date of its prices, time. */
export function describeEstimate(
  { estimate: made, questions, profile }: Pick<RoundEstimate, 'estimate' | 'questions' | 'profile'>,
  now: number,
): Sentence {
  return describeCalls({ made, profile, about: sentence`${questions} questions` }, questions, now);
}

/** The same of whatever is asked about: `about` counts it. */
export function describeCalls(
  {
    made,
    profile,
    about,
  }: {
    readonly made: RoundEstimate['estimate'];
    readonly profile: string;
    readonly about: Sentence;
  },
  number: number,
  now: number,
): Sentence {
  if (number === 0) return sentence`${profile} has been asked about everything in this round.`;
  if (!made) {
    throw new AppError('teacher.unfinished', sentence`No reply of ${profile} came whole.`, {
      hint: sentence`Test it: tailor teacher --test.`,
    });
  }
  const { calls, tokens, cost, seconds, sampled, likely } = made;
  const within = cost && `${cost.low.toFixed(2)}–${cost.high.toFixed(2)}`;
  const money = cost && figures(`${cost.likely.toFixed(2)} (${within}) ${cost.currency}`);
  const [low, high] = [formatDuration(seconds.low), formatDuration(seconds.high)];
  return joined([
    money === null
      ? sentence`${about}: ${span(calls, likely.calls)} calls, ${span(tokens, likely.tokens)} tokens, about ${low} to ${high}.`
      : sentence`${about}: ${span(calls, likely.calls)} calls, ${span(tokens, likely.tokens)} tokens, ${money} at your prices, about ${low} to ${high}.`,
    sentence`95 % range from ${sampled} real calls, which are not paid again.`,
    // The built-in teacher is paid by nobody.
    ...(profile === PROGRAMMATIC ? [] : [aboutPrices(cost, now)]),
  ]);
}

/** What is likely, and within which bounds it stays nearly always. */
const span = ({ low, high }: Range, likely: number): Sentence =>
  figures(`${rounded(likely)} (${rounded(low)}–${rounded(high)})`);

/** Two digits are all that a handful of calls can say. */
function rounded(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en');
}
