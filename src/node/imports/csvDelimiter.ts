const CANDIDATES = [',', ';', '\t', '|'] as const;
/** Records of the head that are counted. */
const MOST_RECORDS = 50;

/**
 * The character between the cells, from the beginning of a file: the one that cuts the most records into as many cells
 * as the first, and of those that do the one that makes the most cells. A comma where none cuts anything.
 */
export function guessDelimiter(head: string): string {
  let best: { readonly delimiter: string; readonly share: number; readonly cells: number } = {
    delimiter: ',',
    share: 0,
    cells: 1,
  };
  for (const delimiter of CANDIDATES) {
    const counts = cellCounts(head, delimiter);
    const [cells = 1] = counts;
    if (cells < 2) continue;
    const share = counts.filter((count) => count === cells).length / counts.length;
    if (share > best.share || (share === best.share && cells > best.cells))
      best = { delimiter, share, cells };
  }
  return best.delimiter;
}

/** How many cells each whole record has; quoted text holds no delimiters and no ends. */
function cellCounts(head: string, delimiter: string): number[] {
  const counts: number[] = [];
  let cells = 1;
  let isQuoted = false;
  let isBlank = true;
  for (const character of head) {
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === '\n' || character === '\r')) {
      if (!isBlank && counts.push(cells) >= MOST_RECORDS) return counts;
      cells = 1;
      isBlank = true;
      continue;
    } else if (!isQuoted && character === delimiter) cells += 1;
    isBlank = false;
  }
  // The last record may be cut: it counts only where it is the only one.
  return counts.length > 0 ? counts : [cells];
}
