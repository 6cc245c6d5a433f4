import { filled, TRAINING_STRINGS, type TrainingText } from './trainingStrings.ts';

/** What a training says, in the person's language. */
export interface TrainingWords {
  (key: TrainingText, ...parts: readonly (string | number)[]): string;
  /** A number in that language, to three digits that count. */
  readonly number: (value: number) => string;
  /** A moment of today or a day, as that language writes it. */
  readonly time: (moment: string) => string;
  /** The word of a key that comes out of data; the data's own word where there is none. */
  readonly known: (prefix: 'source' | 'state' | 'phase', value: string) => string;
}

/** The words of a language; `strings` are its sentences, English where one is missing, and `language` a BCP 47 tag. */
export function trainingWords(
  strings: Readonly<Record<string, string>>,
  language: string,
): TrainingWords {
  const of = (key: TrainingText): string => strings[key] ?? TRAINING_STRINGS[key];
  const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  const clock = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' });
  const known = new Set<string>(Object.keys(TRAINING_STRINGS));
  return Object.assign(
    (key: TrainingText, ...parts: readonly (string | number)[]) => filled(of(key), parts),
    {
      number: (value: number) => number.format(value),
      time: (moment: string) => {
        const at = new Date(moment);
        return Number.isNaN(at.getTime()) ? moment : clock.format(at);
      },
      known: (prefix: 'source' | 'state' | 'phase', value: string) => {
        const key = `${prefix}.${value}`;
        // SAFETY: a key of the table, as was just looked up.
        return known.has(key) ? of(key as TrainingText) : value;
      },
    },
  );
}
