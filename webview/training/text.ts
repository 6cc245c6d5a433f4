import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { LineTexts } from '../../src/shared/pictures/lines.ts';
import { filled, TRAINING_STRINGS, type TrainingText } from '../../src/shared/trainingStrings.ts';

/** The page's words in the person's language. */
export interface Words {
  (key: TrainingText, ...parts: readonly (string | number)[]): string;
  /** A number in that language, to three digits that count. */
  readonly number: (value: number) => string;
  /** A moment of today or a day, as that language writes it. */
  readonly time: (moment: string) => string;
  /** The word of a key that comes out of data; the data's own word where there is none. */
  readonly known: (prefix: 'source' | 'state' | 'phase', value: string) => string;
}

export function wordsOf(strings: Readonly<Record<string, string>>, language: string): Words {
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

export const WordsContext = createContext<Words>(wordsOf({}, 'en'));

export function useWords(): Words {
  return useContext(WordsContext);
}

/** How long a wait is, as coarse as anybody wants to know it. */
export function waitText(words: Words, ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return words('left.seconds', seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return words('left.minutes', minutes);
  return words('left.hours', Math.floor(minutes / 60), minutes % 60);
}

/** What a picture of curves over steps says. */
export function lineTexts(words: Words): LineTexts {
  const { number } = words;
  return {
    x: words('table.step'),
    number,
    course: (label, first, last) =>
      words('curve.summary', label, number(first.y), first.x, number(last.y), last.x),
    none: words('curve.none'),
  };
}
