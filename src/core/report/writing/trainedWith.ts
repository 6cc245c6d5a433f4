import type { TrainingSnapshot } from '../../../shared/trainingContract.ts';
import type { TrainingWords } from '../../../shared/trainingWords.ts';
import type { CsvRow } from './csv.ts';
import { table, type Block } from './report.ts';

/** All runs of the project, oldest first, each with what it was trained with as its own run.json says. */
export function runTable({ runs }: TrainingSnapshot, train: TrainingWords): Block[] {
  const head = [
    'run.round',
    'run',
    'run.state',
    'run.mode',
    'run.pair',
    'run.epochs',
    'curve.lr',
  ] as const;
  const rows = runs.map(({ round, runId, state, settings }) => [
    String(round),
    runId,
    train.known('state', state),
    ...(settings
      ? [
          settings.mode,
          pairText(settings.pair, train),
          String(settings.epochs),
          train.number(settings.lr),
        ]
      : ['–', '–', '–', '–']),
  ]);
  return table(
    train('runs'),
    head.map((key) => train(key)),
    rows,
  );
}

type Pair = NonNullable<TrainingSnapshot['runs'][number]['settings']>['pair'];

/** The settings by the names that tailor.json has for them: "dpo: ratio 0.1, beta 0.1, lengthNormalise false". */
function pairText({ kind, ...settings }: Pair, train: TrainingWords): string {
  if (kind === 'none') return kind;
  const said = Object.entries(settings).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? train.number(value) : String(value)}`,
  );
  return `${kind}: ${said.join(', ')}`;
}

/** The same as rows: one number a row, the words beside it. */
export function runRows({ runs }: TrainingSnapshot): CsvRow[] {
  return runs.flatMap(({ round, runId, settings }): CsvRow[] => {
    if (!settings) return [];
    const { mode, pair, epochs, lr } = settings;
    const { kind, ...rest } = pair;
    const words = Object.entries(rest).flatMap(([name, value]) =>
      typeof value === 'number' ? [] : [`${name} ${String(value)}`],
    );
    const of = { section: 'run', round, name: runId, note: [mode, kind, ...words].join(' ') };
    // Plain fine-tuning has no pairs: its other settings are read by nobody.
    const numbers = kind === 'none' ? [] : Object.entries(rest);
    return [
      { ...of, measure: 'epochs', value: epochs },
      { ...of, measure: 'lr', value: lr },
      ...numbers.flatMap(([name, value]): CsvRow[] =>
        typeof value === 'number' ? [{ ...of, measure: `pair ${name}`, value }] : [],
      ),
    ];
  });
}
