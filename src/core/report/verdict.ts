import type { SetRole } from '../../shared/dashboardContract.ts';
import { figures } from '../figures.ts';
import type { Comparison } from '../round/compare.ts';
import { formatP } from '../round/statistics.ts';
import { sentence, type Sentence } from '../sentence.ts';

/** What is called more than chance: the usual 1 in 20, said with its p value. */
const ALPHA = 0.05;
/** With fewer changed questions no sign test can reach it, even if all went one way: 2 × 0.5⁵ is above 1 in 20. */
const FEWEST_CHANGED = 6;

interface About {
  readonly from: number;
  readonly to: number;
  readonly role: SetRole;
  readonly comparison: Comparison;
}

/** One sentence: whether the change between two exams can be told from chance, by a test on the same questions. */
export function verdictOn(about: About): Sentence {
  const verdict = bare(about);
  return about.role === 'train'
    ? sentence`${verdict} These questions are trained on: this is no measure of progress.`
    : verdict;
}

function bare({ from, to, comparison }: About): Sentence {
  const { n, differs, mcnemarP, fixed, newlyWrong, changed, difference } = comparison;
  if (n === 0) return sentence`The exams of rounds ${from} and ${to} share no question.`;
  if (differs.length > 0) {
    return sentence`Not tested: the exams were held differently (${differs.join(', ')}), so the student is not all that changed.`;
  }
  if (mcnemarP === null) {
    const { low, high } = difference;
    const points = figures(`${toPoints(low)} … ${toPoints(high)}`);
    // Resampling few changes finds the same few again and is sure of them.
    if (changed < FEWEST_CHANGED) {
      return sentence`The change from round ${from} to round ${to} lies within chance: ${changed} changed questions are too few to tell anything (95 % of paired bootstrap: ${points} points).`;
    }
    if (low > 0) {
      return sentence`Round ${to} is better than round ${from} by more than chance in the choice of questions explains (95 % of paired bootstrap: ${points} points).`;
    }
    if (high < 0) {
      return sentence`Round ${to} is worse than round ${from} by more than chance in the choice of questions explains (95 % of paired bootstrap: ${points} points).`;
    }
    return sentence`The change from round ${from} to round ${to} lies within chance (95 % of paired bootstrap: ${points} points).`;
  }
  const p = formatP(mcnemarP);
  if (changed < FEWEST_CHANGED) {
    return sentence`The change from round ${from} to round ${to} lies within chance: ${changed} changed questions are too few to tell anything (exact McNemar ${p}).`;
  }
  if (mcnemarP >= ALPHA) {
    return sentence`The change from round ${from} to round ${to} lies within chance (exact McNemar ${p}).`;
  }
  return fixed.length > newlyWrong.length
    ? sentence`Round ${to} is better than round ${from} by more than chance in the choice of questions explains (exact McNemar ${p}).`
    : sentence`Round ${to} is worse than round ${from} by more than chance in the choice of questions explains (exact McNemar ${p}).`;
}

/** A share of 1 in percentage points, with its sign. */
function toPoints(share: number): string {
  const points = (share * 100).toFixed(1);
  return share > 0 ? `+${points}` : points;
}
