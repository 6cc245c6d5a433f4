import * as vscode from 'vscode';
import * as z from 'zod';
import { visibleText } from '../../core/visibleText.ts';
import type { CandidateView, ReviewRecord } from '../../shared/reviewRecord.ts';
import { readableName } from '../readableName.ts';
import { RECORD_SCHEME } from './places.ts';
import { recordText } from './recordText.ts';

const partSchema = z.object({
  root: z.string(),
  round: z.number().int().min(0),
  id: z.string(),
  /** `edit` is the one part that can be written: saving it is a decision like any other. */
  part: z.enum(['record', 'attempt', 'candidate', 'original', 'edit']),
  candidate: z.string().nullable(),
  sample: z.number().int().min(0).nullable(),
});
export type RecordPart = z.infer<typeof partSchema>;

/** Names a part of an item as a document of the editor. Its label comes last; ids from data only make it readable. */
export function recordUri(part: RecordPart, label: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: RECORD_SCHEME,
    path: `/${readableName(label)}.${part.part === 'record' ? 'md' : 'txt'}`,
    query: JSON.stringify(part),
  });
}

/** The part that a document shows; throws where its name is none of ours. */
export function partOf(uri: vscode.Uri): RecordPart {
  try {
    return partSchema.parse(JSON.parse(uri.query));
  } catch {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
}

/** The text of a part of an item; null where the item has no such part. */
export function textOfPart(
  record: ReviewRecord,
  { part, candidate, sample }: RecordPart,
): string | null {
  const named: CandidateView | undefined = record.candidates.find(({ id }) => id === candidate);
  switch (part) {
    case 'record':
      return recordText(record);
    case 'attempt': {
      const attempt = record.attempts.find((one) => one.sample === sample);
      return attempt === undefined ? null : visibleText(attempt.text);
    }
    case 'candidate':
      return named ? visibleText(named.rationale) : null;
    case 'original':
      return named ? visibleText(named.original ?? named.rationale) : null;
    case 'edit':
      // As it is: what is saved is what is taught.
      return named ? named.rationale : null;
  }
}
