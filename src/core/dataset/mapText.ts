import { fieldMappingSchema, type FieldMapping } from './mapped.ts';

/** What would be taken apart in a list of pairs. */
const CUTS = /[,=+{]|^\s|\s$/u;

/** A mapping as `--map` takes it: `question=q,answer=a,choices=A+B+C`, or JSON where a name would be taken apart. */
export function mapText(mapping: FieldMapping): string {
  const pairs = Object.entries(mapping);
  if (pairs.some(([, value]) => [value].flat().some((name) => CUTS.test(String(name)))))
    return JSON.stringify(mapping);
  return pairs
    .map(([part, value]) => `${part}=${Array.isArray(value) ? value.join('+') : String(value)}`)
    .join(',');
}

/** Reads what `mapText` writes, and what people type; null where it is no mapping. */
export function parseMapText(text: string): FieldMapping | null {
  const parsed = fieldMappingSchema.safeParse(
    text.trim().startsWith('{') ? json(text) : pairs(text),
  );
  return parsed.success ? parsed.data : null;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function pairs(text: string): unknown {
  const cut = text.split(',').map((pair) => pair.split('=').map((side) => side.trim()));
  if (cut.some((pair) => pair.length !== 2)) return null;
  return Object.fromEntries(
    cut.map(([part = '', value = '']) => [
      part,
      part === 'choices' && value.includes('+')
        ? value.split('+').map((name) => name.trim())
        : part === 'first' && /^[01]$/u.test(value)
          ? Number(value)
          : value,
    ]),
  );
}
