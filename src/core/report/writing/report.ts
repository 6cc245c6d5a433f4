import type { Picture } from '../../../shared/pictures/picture.ts';

/** Rows of text under a head; the first column names the row. */
export interface ReportTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** What must be known of the numbers: a warning, or what a figure does not say. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'table'; readonly table: ReportTable }
  /** Questions behind a number; `rest` says how many of how many they are where they are not all. */
  | { readonly kind: 'list'; readonly table: ReportTable; readonly rest: string | null }
  | {
      readonly kind: 'picture';
      readonly title: string;
      readonly picture: Picture;
      /** What opens its numbers. */
      readonly numbers: string;
    };

export interface ReportSection {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A report before it is written in a format. Its texts may be foreign words: whoever writes it keeps them harmless. */
export interface Report {
  readonly title: string;
  readonly sections: readonly ReportSection[];
}

export const text = (words: string): Block => ({ kind: 'text', text: words });
export const note = (words: string): Block => ({ kind: 'note', text: words });

/** A table, or nothing where it would have no row. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Block[] {
  return rows.length === 0 ? [] : [{ kind: 'table', table: { caption, head, rows } }];
}

/** A table without its columns in which no row says anything. */
export function withoutEmpty(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly [readonly string[], readonly (readonly string[])[]] {
  const said = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const kept = (cells: readonly string[]): string[] => cells.filter((_, column) => said[column]);
  return [kept(head), rows.map(kept)];
}
