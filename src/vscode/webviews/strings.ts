import * as vscode from 'vscode';
import { REVIEW_HOST_STRINGS } from '../../shared/reviewHostStrings.ts';
import { reviewStrings as viewStrings } from '../../shared/reviewStrings.ts';

/** The texts of a table in the person's language; the English ones are the keys of the translations. */
export function translated(
  table: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(table).map(([key, english]) => [key, vscode.l10n.t(english)]),
  );
}

let review: Readonly<Record<string, string>> | null = null;

/** What the Review views and their service say. */
export function reviewStrings(): Readonly<Record<string, string>> {
  review ??= translated({ ...viewStrings, ...REVIEW_HOST_STRINGS });
  return review;
}
