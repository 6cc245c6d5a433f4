import { DATASET_STRINGS, type DatasetText } from '../../src/shared/datasetStrings.ts';
import { filled } from '../../src/shared/trainingStrings.ts';

type Part = string | number;
type Plural = DatasetText extends infer K ? (K extends `${infer Base}.one` ? Base : never) : never;

/** The page's words in the person's language; numbers are written as that language writes them. */
export interface Words {
  (key: DatasetText, ...parts: readonly Part[]): string;
  /** Chooses between `key.one` and `key.other`; the number is the first part. */
  readonly count: (key: Plural, n: number, ...parts: readonly Part[]) => string;
  readonly number: (value: number) => string;
  /** A share in whole per cent that says 100 only where it is all. */
  readonly percent: (share: number) => string;
  /** "1.2 MB". */
  readonly size: (bytes: number) => string;
}

const UNITS = ['unit.bytes', 'unit.kb', 'unit.mb', 'unit.gb'] as const;

/** The words of a language; English where a string is missing. */
export function wordsOf(strings: Readonly<Record<string, string>>, language: string): Words {
  const format = new Intl.NumberFormat(language || 'en');
  const share = new Intl.NumberFormat(language || 'en', { style: 'percent' });
  const short = new Intl.NumberFormat(language || 'en', { maximumSignificantDigits: 3 });
  const say = (key: DatasetText, ...parts: readonly Part[]): string =>
    filled(
      strings[key] ?? DATASET_STRINGS[key],
      parts.map((part) => (typeof part === 'number' ? format.format(part) : part)),
    );
  return Object.assign(say, {
    count: (key: Plural, n: number, ...parts: readonly Part[]) =>
      say(`${key}.${n === 1 ? 'one' : 'other'}`, n, ...parts),
    number: (value: number) => format.format(value),
    percent: (part: number) => share.format(Math.floor(part * 100) / 100),
    size: (bytes: number) => {
      const step = Math.min(3, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)));
      return say(UNITS[step] ?? 'unit.bytes', short.format(bytes / 1024 ** step));
    },
  });
}
