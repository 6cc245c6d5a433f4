import type { TrainingSnapshot } from '../../shared/trainingContract.ts';

/** The losses of one step by where its texts come from. */
export interface SourceStep {
  readonly step: number;
  readonly bySource: Readonly<Record<string, { readonly n: number; readonly lm: number | null }>>;
}

const STRETCHES = 100;

/**
 * The language-model loss of each source over the steps. A step holds only a few texts of a source, so the steps are
 * cut into at most `most` stretches of equal length, and a point is the mean over all texts of one, at its last step.
 */
export function sourceCurves(
  steps: readonly SourceStep[],
  most: number = STRETCHES,
): TrainingSnapshot['sourceCurves'] {
  const each = Math.max(1, Math.ceil(steps.length / most));
  const curves = new Map<string, { step: number; lm: number }[]>();
  for (let from = 0; from < steps.length; from += each) {
    const stretch = steps.slice(from, from + each);
    const step = stretch.at(-1)?.step ?? 0;
    const sums = new Map<string, { sum: number; of: number }>();
    for (const { bySource } of stretch) {
      for (const [source, { n, lm }] of Object.entries(bySource)) {
        if (lm === null || n === 0) continue;
        const { sum, of } = sums.get(source) ?? { sum: 0, of: 0 };
        sums.set(source, { sum: sum + lm * n, of: of + n });
      }
    }
    for (const [source, { sum, of }] of sums) {
      const points = curves.get(source) ?? [];
      points.push({ step, lm: sum / of });
      curves.set(source, points);
    }
  }
  return [...curves].map(([source, points]) => ({ source, points }));
}
