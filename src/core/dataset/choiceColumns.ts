import { placeOf } from './choiceLetter.ts';

/** As many as there are letters. */
export const MOST_CHOICES = 26;

/** What stands before the letter or number of a column with a choice: nothing, or one of these. */
const STEMS = /^(?:|op|opt|option|choice|ans|answer|ending|alternative)$/u;

const NAMED = /^(?<stem>.*?)[\s_.-]?(?<name>[a-z]|\d{1,2})$/iu;

/** What a column is called as a choice: `option_b` is `b`. The column itself where it is called something else. */
export function choiceName(column: string): string {
  const { stem = '', name = '' } = NAMED.exec(column)?.groups ?? {};
  return name !== '' && STEMS.test(stem.toLowerCase()) ? name : column;
}

/**
 * The columns that hold a choice each, in order: `A`, `B`, …; `option_a`, …; `choice1`, …. Only such that begin with the
 * first letter or with 0 or 1, up to the first that is left out.
 */
export function choiceColumns(paths: readonly string[]): string[] | undefined {
  const families = new Map<string, Map<number, string>>();
  for (const path of paths) {
    const { stem = '', name = '' } = NAMED.exec(path)?.groups ?? {};
    if (name === '' || !STEMS.test(stem.toLowerCase())) continue;
    const isNumber = /\d/u.test(name);
    // A number alone is no name of a choice.
    if (isNumber && stem === '') continue;
    const family = `${stem.toLowerCase()} ${isNumber ? 'number' : 'letter'}`;
    const place = isNumber ? Number(name) : placeOf(name);
    const members = families.get(family) ?? new Map<number, string>();
    if (!members.has(place)) members.set(place, path);
    families.set(family, members);
  }
  for (const [family, members] of families) {
    const most = family.endsWith('number') ? 1 : 0;
    const all = [...members.keys()].sort((one, other) => one - other);
    const [first = -1] = all;
    const places = all.filter((place, index) => place === first + index);
    if (places.length < 2 || places.length > MOST_CHOICES || first > most) continue;
    return places.flatMap((place) => members.get(place) ?? []);
  }
  return undefined;
}
