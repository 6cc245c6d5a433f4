import type { StepView } from '../../src/shared/reviewContract.ts';

/** A stretch of a step's text with what is known about it. */
export interface StepPiece {
  readonly text: string;
  readonly stranger: boolean;
}

/** Plain text, or an equation with its verdict; strangers may stand in either. */
export interface StepPart {
  readonly equation: boolean | null;
  readonly pieces: readonly StepPiece[];
}

/** Cuts a step at its equations and, within, at the numbers that come from nowhere. Spans outside the text are cut off. */
export function stepParts({ text, equations, strangers }: StepView): readonly StepPart[] {
  const parts: StepPart[] = [];
  let from = 0;
  const add = (to: number, equation: boolean | null): void => {
    if (to <= from) return;
    parts.push({ equation, pieces: pieces(text, from, to, strangers) });
    from = to;
  };
  for (const { start, end, holds } of [...equations].sort((a, b) => a.start - b.start)) {
    if (start < from) continue;
    add(Math.min(start, text.length), null);
    add(Math.min(end, text.length), holds);
  }
  add(text.length, null);
  return parts;
}

function pieces(
  text: string,
  start: number,
  end: number,
  strangers: StepView['strangers'],
): StepPiece[] {
  const found: StepPiece[] = [];
  let from = start;
  for (const span of [...strangers].sort((a, b) => a.start - b.start)) {
    if (span.start < from || span.end > end || span.end <= span.start) continue;
    if (span.start > from) found.push({ text: text.slice(from, span.start), stranger: false });
    found.push({ text: text.slice(span.start, span.end), stranger: true });
    from = span.end;
  }
  if (from < end) found.push({ text: text.slice(from, end), stranger: false });
  return found;
}
