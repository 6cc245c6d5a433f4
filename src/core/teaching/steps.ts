const answerLine = /^\s*answer\s*:/iu;

/**
 * The steps of a rationale in order, numbered from 1 by their place: its non-blank lines without the `Answer:` line.
 * A text of one line is split into sentences, so that a step can still be named.
 */
export function splitSteps(text: string): string[] {
  const lines = text
    .split(/\r\n|\r|\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !answerLine.test(line));
  if (lines.length !== 1) return lines;
  const only = (lines[0] ?? '').replace(/\s+answer\s*:.*$/iu, '');
  return only
    .split(/(?<=[.!?;])\s+(?=\S)/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** Steps as the teacher sees them: `1. …`, one on a line; a text without steps says so. */
export function numberSteps(text: string): string {
  const steps = splitSteps(text);
  if (steps.length === 0) return '(no steps)';
  return steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
}

/** Blank lines fold to one newline and the ends are trimmed; nothing else in a rationale is ever changed. */
export function normaliseRationale(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(/\n(?:[^\S\n]*\n)+/gu, '\n')
    .trim();
}

/** What makes two rationales the same one: letter case, Unicode form and white space aside. */
export function rationaleKey(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}
