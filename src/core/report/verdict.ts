import type { SetRole } from '../../shared/dashboardContract.ts';
import { ALPHA } from '../../shared/pValue.ts';
import { figures } from '../figures.ts';
import type { Comparison } from '../round/compare.ts';
import { formatP } from '../round/statistics.ts';
import { sentence, type Sentence } from '../sentence.ts';

/** With fewer changed questions no sign test can reach it, even if all went one way: 2 × 0.5⁵ is above 1 in 20. */
const FEWEST_CHANGED = 6;

interface About {
  readonly from: number;
  readonly to: number;
  readonly role: SetRole;
  readonly comparison: Comparison;
}

/** What a test on the same questions makes of a change; `untested` where the student is not all that changed. */
export type ChangeOutcome = 'better' | 'worse' | 'chance' | 'untested';

/** The verdict in one word. */
export function outcomeOf({
  differs,
  mcnemarP,
  fixed,
  newlyWrong,
  changed,
  difference: { low, high },
}: Comparison): ChangeOutcome {
  if (differs.length > 0) return 'untested';
  // Resampling few changes finds the same few again and is sure of them.
  if (changed < FEWEST_CHANGED) return 'chance';
  if (mcnemarP === null) return low > 0 ? 'better' : high < 0 ? 'worse' : 'chance';
  if (mcnemarP >= ALPHA) return 'chance';
  return fixed.length > newlyWrong.length ? 'better' : 'worse';
}

/** One sentence: whether the change between two exams can be told from chance, by a test on the same questions. */
export function verdictOn(about: About): Sentence {
  const verdict = bare(about);
  return about.role === 'train'
    ? sentence`${verdict} These questions are trained on: this is no measure of progress.`
    : verdict;
}

function bare({ from, to, comparison }: About): Sentence {
  const { n, differs, mcnemarP, changed, difference } = comparison;
  if (n === 0) return sentence`The exams of rounds ${from} and ${to} share no question.`;
  const outcome = outcomeOf(comparison);
  if (outcome === 'untested') {
    return sentence`Not tested: the exams were held differently (${differs.join(', ')}), so the student is not all that changed.`;
  }
  const isFew = changed < FEWEST_CHANGED;
  if (mcnemarP === null) {
    const { low, high } = difference;
    const points = figures(`${toPoints(low)} … ${toPoints(high)}`);
    if (isFew) {
      return sentence`The change from round ${from} to round ${to} lies within chance: ${changed} changed questions are too few to tell anything (95 % of paired bootstrap: ${points} points).`;
    }
    if (outcome === 'better') {
      return sentence`Round ${to} is better than round ${from} by more than chance in the choice of questions explains (95 % of paired bootstrap: ${points} points).`;
    }
    if (outcome === 'worse') {
      return sentence`Round ${to} is worse than round ${from} by more than chance in the choice of questions explains (95 % of paired bootstrap: ${points} points).`;
    }
    return sentence`The change from round ${from} to round ${to} lies within chance (95 % of paired bootstrap: ${points} points).`;
  }
  const p = formatP(mcnemarP);
  if (isFew) {
    return sentence`The change from round ${from} to round ${to} lies within chance: ${changed} changed questions are too few to tell anything (exact McNemar ${p}).`;
  }
  if (outcome === 'chance') {
    return sentence`The change from round ${from} to round ${to} lies within chance (exact McNemar ${p}).`;
  }
  return outcome === 'better'
    ? sentence`Round ${to} is better than round ${from} by more than chance in the choice of questions explains (exact McNemar ${p}).`
    : sentence`Round ${to} is worse than round ${from} by more than chance in the choice of questions explains (exact McNemar ${p}).`;
}

/** A share of 1 in percentage points, with its sign. */
function toPoints(share: number): string {
  const points = (share * 100).toFixed(1);
  return share > 0 ? `+${points}` : points;
}
