/**
 * The number that the method's published implementation reads from a text (method.md §2.3), for comparison in tests
 * only: first number behind a marker, else the last; null where it returns its sentinel.
 */
export function paperRepoNumber(text: string): string | null {
  const paragraph = text.trim().split('\n\n')[0] ?? '';
  const marker = ['\nAnswer', 'Therefore, the answer is'].find((cue) => paragraph.includes(cue));
  const rest = marker === undefined ? paragraph : (paragraph.split(marker)[1] ?? '');
  const numbers = rest.replaceAll(',', '').match(/-?\d+\.?\d*/g) ?? [];
  const number = marker === undefined ? numbers.at(-1) : numbers[0];
  return number?.replace(/\.$/, '') ?? null;
}
