import type { RateView } from './dashboardContract.ts';
import { DASHBOARD_STRINGS, type DashboardText } from './dashboardStrings.ts';
import { pValue } from './pValue.ts';
import { filled } from './trainingStrings.ts';

/** What the dashboard says, in the person's language: sentences, and numbers as that language writes them. */
export interface DashboardWords {
  (key: DashboardText, ...parts: readonly (string | number)[]): string;
  /** A whole number, in groups. */
  readonly count: (value: number) => string;
  /** A number to three digits that count. */
  readonly number: (value: number) => string;
  /** "43.6 %". */
  readonly percent: (share: number) => string;
  /** A change of a share in percentage points, with its sign. */
  readonly points: (change: number) => string;
  /** "43.6 % [40.1–47.2]"; n is said beside it. */
  readonly rate: (rate: RateView) => string;
  /** "p = 0.0032", "p < 0.001". */
  readonly p: (value: number) => string;
  readonly money: (value: number) => string;
  readonly day: (moment: string) => string;
  /** "2 h 05 min", "48 s". */
  readonly duration: (seconds: number) => string;
  /** The word of a key that comes out of data; the data's own word where there is none. */
  readonly known: (prefix: string, value: string) => string;
}

const NO_BREAK = '\u00a0';
const MINUS = '\u2212';

/** The words of a language; `strings` are its sentences, English where one is missing, and `language` a BCP 47 tag. */
export function dashboardWords(
  strings: Readonly<Record<string, string>>,
  language: string,
): DashboardWords {
  const known = new Set<string>(Object.keys(DASHBOARD_STRINGS));
  const of = (key: DashboardText): string => strings[key] ?? DASHBOARD_STRINGS[key];
  const format = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const made = new Intl.NumberFormat(language, options);
    return (value) => made.format(value);
  };
  const count = format({ maximumFractionDigits: 2 });
  const number = format({ maximumSignificantDigits: 3 });
  const onePlace = format({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const days = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  const say = (key: DashboardText, ...parts: readonly (string | number)[]): string =>
    filled(of(key), parts);
  return Object.assign(say, {
    count,
    number,
    percent: (share: number) => `${onePlace(share * 100)}${NO_BREAK}%`,
    points: (change: number) => {
      const size = onePlace(Math.abs(change * 100));
      // What rounds to nothing has no direction.
      if (!/[1-9]/u.test(size)) return size;
      return `${change < 0 ? MINUS : '+'}${size}`;
    },
    rate: ({ rate, low, high }: RateView) =>
      `${onePlace(rate * 100)}${NO_BREAK}% [${onePlace(low * 100)}–${onePlace(high * 100)}]`,
    p: (value: number) => pValue(value, language),
    money: format({ minimumFractionDigits: 2, maximumFractionDigits: 4 }),
    day: (moment: string) => {
      const at = new Date(moment);
      return Number.isNaN(at.getTime()) ? moment : days.format(at);
    },
    duration: (seconds: number) => duration(say, seconds),
    known: (prefix: string, value: string) => {
      const key = `${prefix}.${value}`;
      // SAFETY: a key of the table, as was just looked up.
      return known.has(key) ? of(key as DashboardText) : value;
    },
  });
}

function duration(
  say: (key: DashboardText, ...parts: readonly (string | number)[]) => string,
  seconds: number,
): string {
  const whole = Math.round(seconds);
  // "0 s" would read as if nothing had been done.
  if (seconds < 1) return say('duration.less');
  if (whole < 90) return say('duration.seconds', whole);
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return say('duration.minutes', minutes);
  return say('duration.hours', Math.floor(minutes / 60), minutes % 60);
}
