import * as z from 'zod/mini';
import {
  rowKeySchema,
  type DatasetField,
  type DatasetRecord,
  type RowKey,
} from '../../src/shared/datasetContract.ts';
import { shownText } from './exactText.ts';
import { isJson, spread } from './jsonSpacing.ts';

/**
 * What is typed and not yet written. It is about a field by its name and its place among those of that name, so that it
 * stays with its field while others come and go; without a name it is about the line itself.
 */
export const draftSchema = z.object({
  key: rowKeySchema,
  name: z.nullable(z.string()),
  nth: z.int(),
  /** text: a string's content · json: JSON as it is spelt · line: the line. */
  as: z.enum(['text', 'json', 'line']),
  text: z.string(),
  /** What stood there when the typing began, and in which row: its stamp, and what one knows it by. */
  base: z.string(),
  stamp: z.string(),
  row: z.string(),
});
export type Draft = z.infer<typeof draftSchema>;

/** Where a text is edited. */
export interface Place {
  readonly key: RowKey;
  readonly name: string | null;
  readonly nth: number;
}

/** What is typed and not written, by `draftId`. */
export type Drafts = Readonly<Record<string, Draft>>;

/** Names a place; the same place of another revision has the same name. */
export const draftId = ({ key, name, nth }: Place): string =>
  name === null ? `${key} line` : `${key} ${nth} ${name}`;

/** The place of a field among those of its name. */
export function placeOf(record: DatasetRecord, field: DatasetField): Place {
  const before = record.fields.filter(
    ({ name, index }) => name === field.name && index < field.index,
  );
  return { key: record.key, name: field.name, nth: before.length };
}

/** The place of a row that is edited as a whole. */
export const linePlace = (key: RowKey): Place => ({ key, name: null, nth: 0 });

/** The field of a record that a place is about; null where it is gone. */
export function fieldAt(record: DatasetRecord, { key, name, nth }: Place): DatasetField | null {
  if (record.key !== key) return null;
  return record.fields.filter((field) => field.name === name)[nth] ?? null;
}

/** What stands at a place now; null where nothing does any more. */
export function standingAt(record: DatasetRecord, place: Place): string | null {
  if (record.key !== place.key) return null;
  return place.name === null ? record.raw : (fieldAt(record, place)?.value ?? null);
}

/** A field's value as it is edited; JSON of several parts is laid out to be read. */
export function startOf(
  { type, value }: Pick<DatasetField, 'type' | 'value'>,
  as: Draft['as'],
): string {
  if (as !== 'json') return value;
  return type === 'text' ? JSON.stringify(value) : spread(value);
}

/** Whether a draft says what stands there anyway. */
export function isUnchanged(draft: Draft, record: DatasetRecord): boolean {
  if (draft.name === null) return draft.text === record.raw;
  const field = fieldAt(record, draft);
  if (!field) return false;
  if (draft.as === 'json' && draft.text === field.value && field.type !== 'text') return true;
  return draft.text === startOf(field, draft.as);
}

/** What one knows a row by: its id, or else its first other value. */
export function knownBy(record: DatasetRecord, { name }: Pick<Place, 'name'>): string {
  const others = record.fields.filter((field) => field.name !== name);
  return (others.find((field) => field.name === 'id') ?? others[0])?.value ?? '';
}

/**
 * A draft is about another text than the one that stands there now: it is not written unasked. After the file was read
 * anew its row may be any other, which a short text alone does not tell.
 */
export function isStale(draft: Draft, record: DatasetRecord, restored: boolean): boolean {
  if (record.key !== draft.key || record.stamp === draft.stamp) return false;
  const same = standingAt(record, draft) === draft.base && knownBy(record, draft) === draft.row;
  return restored || !same;
}

export function withDraft(drafts: Drafts, draft: Draft): Drafts {
  return { ...drafts, [draftId(draft)]: draft };
}

export function withoutDraft(drafts: Drafts, id: string): Drafts {
  if (!(id in drafts)) return drafts;
  return Object.fromEntries(Object.entries(drafts).filter(([known]) => known !== id));
}

/** The row's content was changed by us: what is typed elsewhere in it is still about it. */
export function rebased(drafts: Drafts, key: RowKey, from: string, to: string): Drafts {
  return Object.fromEntries(
    Object.entries(drafts).map(([id, draft]) => [
      id,
      draft.key === key && draft.stamp === from ? { ...draft, stamp: to } : draft,
    ]),
  );
}

/** The same text typed as JSON, or the content of a JSON text. */
export function turned(draft: Draft): Draft {
  if (draft.as === 'text') return { ...draft, as: 'json', text: JSON.stringify(draft.text) };
  const value: unknown = isJson(draft.text) ? JSON.parse(draft.text) : draft.text;
  return { ...draft, as: 'text', text: typeof value === 'string' ? value : draft.text };
}

/** What a text area shows of it. */
export const shownOf = (draft: Draft): string => shownText(draft.text);
