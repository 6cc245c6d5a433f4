/** A value's own member by its key; undefined where there is none. */
function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

/** The value at a dotted path, `a.0.b`. Own members only; a key that holds dots itself goes first. */
export function valueAt(row: unknown, dotted: string): unknown {
  const whole = member(row, dotted);
  if (whole !== undefined) return whole;
  return dotted.split('.').reduce(member, row);
}

/** Keys of one object that are looked at: a row with more is no row. */
const MOST_KEYS = 200;

/** The paths of a row's fields, those of objects in it among them. */
export function pathsOf(row: unknown, depth = 2, prefix = ''): string[] {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return [];
  return Object.entries(row)
    .slice(0, MOST_KEYS)
    .flatMap(([key, below]) => [
      `${prefix}${key}`,
      ...(depth > 0 ? pathsOf(below, depth - 1, `${prefix}${key}.`) : []),
    ]);
}
