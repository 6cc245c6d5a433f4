/** "7 s", "2 min 05 s", "1 h 10 min". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** Columns padded to their widest cell; the first left, the others right. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
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
export function someIds(ids: readonly string[]): string {
  if (ids.length === 0) return 'none';
  const rest = ids.length - SHOWN_IDS;
  return [...ids.slice(0, SHOWN_IDS), ...(rest > 0 ? [`and ${rest} more (--json)`] : [])].join(' ');
}
