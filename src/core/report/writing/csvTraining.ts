import type { DashboardState } from '../../../shared/dashboardContract.ts';
import { CURVES, sourceColumns } from '../../../shared/pictures/trainingPictures.ts';
import type { CsvRow } from './csv.ts';
import { runRows } from './trainedWith.ts';

/** All runs with their settings, and the shown one, point by point: each curve as the Dashboard draws it, what is not known left out. */
export function trainingRows({ training }: DashboardState): CsvRow[] {
  if (training?.runId == null) return [];
  const { points, sourceCurves, bySource, bySourceSteps } = training;
  const of = {
    ...(training.round === null ? {} : { round: training.round }),
    name: training.runId,
  };
  const keys = CURVES.flatMap(({ series }) => series.map(({ key }) => key));
  return [
    ...runRows(training),
    ...points.flatMap((point) =>
      keys.flatMap((measure): CsvRow[] => {
        const value = point[measure];
        if (value === null) return [];
        return [{ ...of, section: 'training', measure, value, step: point.step }];
      }),
    ),
    ...sourceCurves.flatMap(({ source, points: drawn }) =>
      drawn.map(({ step, lm }): CsvRow => ({
        ...{ ...of, name: source, section: 'training by source' },
        ...{ measure: 'lm', value: lm, step, note: training.runId ?? '' },
      })),
    ),
    ...Object.entries(bySource).flatMap(([name, { n, ...means }]): CsvRow[] => {
      const about = { ...of, name, section: 'training by source', n };
      const note = `${training.runId ?? ''}, mean of the last ${bySourceSteps} steps`;
      // What the run's kind of pairs is not about is no row.
      const kept = new Set<string>(sourceColumns(bySource).map(({ key }) => key));
      return Object.entries(means)
        .filter(([measure]) => kept.has(measure))
        .map(([measure, value]) => ({
          ...about,
          ...{ measure: `last ${measure}`, value, note },
        }));
    }),
  ];
}
