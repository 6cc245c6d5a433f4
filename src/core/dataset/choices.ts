import { sentence } from '../sentence.ts';
import { choiceName, MOST_CHOICES } from './choiceColumns.ts';
import { RowError, textOf } from './row.ts';

/** What a multiple-choice row offers, as the source holds it. */
export interface Choices {
  readonly texts: readonly string[];
  /** The source's own names of them ("A", "1"); null where it gives none. */
  readonly labels: readonly string[] | null;
}

const TEXT_NAMES = ['text', 'texts', 'value', 'content', 'choice', 'option', 'answer'];
const LABEL_NAMES = ['label', 'labels', 'key', 'letter', 'id', 'name'];

type Row = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function memberOf(value: Row, names: readonly string[]): unknown {
  const name = names.find((one) => Object.hasOwn(value, one));
  return name === undefined ? undefined : value[name];
}

/**
 * The choices of a row, in any of the forms that sets are published in: a list of texts; a list of `{label, text}`; one
 * `{label: […], text: […]}`; texts by their letters, `{A: …, B: …}`; or one of these as JSON in a text, or texts on lines
 * or between bars. Throws RowError.
 */
export function choicesOf(value: unknown, field: string): Choices {
  if (value === undefined || value === null) throw new RowError(field, sentence`is missing`);
  const given = typeof value === 'string' ? fromText(value, field) : value;
  const pairs = Array.isArray(given) ? fromList(given) : isRecord(given) ? fromRecord(given) : null;
  if (pairs === null) throw new RowError(field, sentence`is no list of choices`);
  return checked(pairs, field);
}

/** The choices that stand in a column each; columns at the end that are empty in this row are none. */
export function choicesOfColumns(values: readonly unknown[], fields: readonly string[]): Choices {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
  const last = values.findLastIndex((value) => !isEmpty(value));
  const kept = values.slice(0, last + 1);
  if (kept.length < 2) {
    const empty = fields.slice(kept.length);
    throw new RowError(
      empty.join('+'),
      empty.length === 1
        ? sentence`is empty; a question has 2 to ${MOST_CHOICES} choices`
        : sentence`are empty; a question has 2 to ${MOST_CHOICES} choices`,
    );
  }
  return checked(
    kept.map((text, index) => ({ label: choiceName(fields[index] ?? ''), text })),
    fields.join('+'),
    fields,
  );
}

interface Pair {
  readonly label: unknown;
  readonly text: unknown;
}

function fromText(text: string, field: string): unknown {
  const trimmed = text.trim();
  if (/^[[{]/u.test(trimmed)) {
    try {
      return JSON.parse(trimmed);
    } catch {
      throw new RowError(field, sentence`is not valid JSON`);
    }
  }
  return trimmed.split(trimmed.includes('\n') ? /\n+/u : '|');
}

function fromList(list: readonly unknown[]): Pair[] | null {
  if (!list.some(isRecord)) return list.map((text) => ({ label: null, text }));
  return list.map((one) =>
    isRecord(one)
      ? { label: memberOf(one, LABEL_NAMES) ?? null, text: memberOf(one, TEXT_NAMES) }
      : { label: null, text: one },
  );
}

function fromRecord(record: Row): Pair[] | null {
  const [texts, labels] = [memberOf(record, TEXT_NAMES), memberOf(record, LABEL_NAMES)];
  if (Array.isArray(texts)) {
    const named: readonly unknown[] = Array.isArray(labels) ? labels : [];
    return texts.map((text: unknown, index) => ({ label: named[index] ?? null, text }));
  }
  const entries = Object.entries(record);
  const isLettered = entries.every(([key]) => /^[A-Za-z0-9]{1,2}$/u.test(key));
  return isLettered ? entries.map(([label, text]) => ({ label, text })) : null;
}

/** `columns` are the fields of the choices where each has its own. */
function checked(pairs: readonly Pair[], field: string, columns: readonly string[] = []): Choices {
  if (pairs.length < 2 || pairs.length > MOST_CHOICES) {
    throw new RowError(
      field,
      sentence`holds ${pairs.length} choices; a question has 2 to ${MOST_CHOICES}`,
    );
  }
  const texts = pairs.map(({ text }, index) => textOf(written(text), columns[index] ?? field));
  const labels = pairs.map(({ label }) => written(label));
  const isNamed = labels.every((label) => typeof label === 'string' && label.trim() !== '');
  return { texts, labels: isNamed ? labels.map((label) => String(label).trim()) : null };
}

/** Numbers and truth values are choices as they are written. */
function written(value: unknown): unknown {
  return (typeof value === 'number' && Number.isFinite(value)) || typeof value === 'boolean'
    ? String(value)
    : value;
}
