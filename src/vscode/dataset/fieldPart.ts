import * as vscode from 'vscode';
import * as z from 'zod';
import type { DatasetField, DatasetRecord } from '../../shared/datasetContract.ts';
import { readableName } from '../readableName.ts';
import { FIELD_SCHEME } from './names.ts';

const partSchema = z.object({
  file: z.string(),
  key: z.string(),
  index: z.number().int().min(0),
  name: z.string(),
  /** The row's id where it has one: after a reload a key may name another row. */
  id: z.string().nullable(),
});
export type FieldPart = z.infer<typeof partSchema>;

/** Names a field of a row as a document; what comes from the data only makes it readable. */
export function fieldUri(part: FieldPart, record: DatasetRecord): vscode.Uri {
  const label = `${part.id ?? vscode.l10n.t('line {0}', record.line)} ${part.name}`;
  const isText = record.fields[part.index]?.type === 'text';
  return vscode.Uri.from({
    scheme: FIELD_SCHEME,
    path: `/${readableName(label)}.${isText ? 'txt' : 'json'}`,
    query: JSON.stringify(part),
  });
}

/** The field that a document shows; throws where its name is none of ours. */
export function fieldOf(uri: vscode.Uri): FieldPart {
  try {
    return partSchema.parse(JSON.parse(uri.query));
  } catch {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
}

/** The row's id as the data spell it; null where it has none. */
export function idOf({ fields }: DatasetRecord): string | null {
  const field = fields.find(({ name, type }) => name === 'id' && /^(?:text|number)$/u.test(type));
  return field?.value ?? null;
}

/** The field among those that the record has now; null where it is gone or another row stands there. */
export function findField(record: DatasetRecord, part: FieldPart): DatasetField | null {
  if (part.id !== null && part.name !== 'id' && idOf(record) !== part.id) return null;
  const same = record.fields.filter(({ name }) => name === part.name);
  const there = same.find(({ index }) => index === part.index);
  return there ?? (same.length === 1 ? (same[0] ?? null) : null);
}

/** What a saved document makes of the field: the editor may end lines and the last line in its own way. */
export function valueOf(saved: string, before: string): string {
  const sameEnds = before.includes('\r') ? saved : saved.replaceAll('\r\n', '\n');
  return before.endsWith('\n') ? sameEnds : sameEnds.replace(/\r?\n$/u, '');
}
