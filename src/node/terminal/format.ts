import { joined, sentence, Sentence, type Part } from '../../core/sentence.ts';

/** "7 s", "2 min 05 s", "1 h 10 min". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** A table as text, in the columns that its words need in a language. */
class Table extends Sentence {
  readonly #columns: readonly number[];

  constructor(rows: readonly (readonly Part[])[]) {
    super('', rows.flat());
    this.#columns = rows.map(({ length }) => length);
  }

  override around(cells: readonly (string | number)[]): string {
    let at = 0;
    const rows = this.#columns.map((length) => cells.slice(at, (at += length)).map(String));
    return aligned(rows);
  }
}

/** Columns padded to their widest cell; the first left, the others right. */
export function alignColumns(rows: readonly (readonly Part[])[]): Sentence {
  return new Table(rows);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const SHOWN_IDS = 20;

/** Ids in a line, as many as a person reads. */
export function someIds(ids: readonly string[]): Sentence {
  if (ids.length === 0) return sentence`none`;
  const rest = ids.length - SHOWN_IDS;
  const shown = ids.slice(0, SHOWN_IDS).join(' ');
  return joined(rest > 0 ? [shown, sentence`and ${rest} more (--json)`] : [shown]);
}
