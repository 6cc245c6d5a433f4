import type { StepView } from '../../src/shared/reviewRecord.ts';

/** A stretch of a step's text with what is known about it. */
export interface StepPiece {
  readonly text: string;
  readonly stranger: boolean;
}

/** Plain text, or an equation with its verdict; strangers may stand in either. */
export interface StepPart {
  readonly equation: boolean | null;
  readonly pieces: readonly StepPiece[];
  /** The punctuation right behind an equation, which no line begins with. */
  readonly tail: string;
  /** The calculator mark, `2+3=5` of `<<2+3=5>>5`, that stood before this number: it need not be read twice. */
  readonly mark: string | null;
}

const TAIL = /^[.,;:!?)\]]+/u;

/** Cuts a step at its equations and, within, at the numbers that come from nowhere. Spans outside the text are cut off. */
export function stepParts({ text, equations, strangers }: StepView): readonly StepPart[] {
  const parts: StepPart[] = [];
  let from = 0;
  const add = (to: number, equation: boolean | null): void => {
    if (to <= from) return;
    const tail = equation === null ? '' : (TAIL.exec(text.slice(to))?.[0] ?? '');
    parts.push({ equation, pieces: pieces(text, from, to, strangers), tail, mark: null });
    from = to + tail.length;
  };
  for (const { start, end, holds } of [...equations].sort((a, b) => a.start - b.start)) {
    if (start < from) continue;
    const result = holds ? markedResult(text, start, end) : null;
    if (result !== null) {
      add(start - 2, null);
      const to = end + 2 + result.length;
      const shown = pieces(text, end + 2, to, strangers);
      const tail = TAIL.exec(text.slice(to))?.[0] ?? '';
      parts.push({ equation: true, pieces: shown, tail, mark: text.slice(start, end) });
      from = to + tail.length;
      continue;
    }
    add(Math.min(start, text.length), null);
    add(Math.min(end, text.length), holds);
  }
  add(text.length, null);
  return parts;
}

/** The number behind an equation in double angles, where it is that equation's result. */
function markedResult(text: string, start: number, end: number): string | null {
  if (text.slice(start - 2, start) !== '<<' || text.slice(end, end + 2) !== '>>') return null;
  const said = text.slice(text.lastIndexOf('=', end) + 1, end);
  const behind =
    /^[\s$€£]*-?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?/u.exec(text.slice(end + 2))?.[0] ?? '';
  return /\d/u.test(behind) && numberOf(behind) === numberOf(said) ? behind : null;
}

const numberOf = (text: string): number => Number(text.replace(/[\s$€£,]/gu, ''));

/** Pieces before the last word, and the last word. */
export function atLastWord(
  pieces: readonly StepPiece[],
): readonly [readonly StepPiece[], readonly StepPiece[]] {
  const last = pieces.at(-1);
  const at = !last || last.stranger ? 0 : last.text.trimEnd().lastIndexOf(' ') + 1;
  if (!last || at === 0) return [pieces.slice(0, -1), pieces.slice(-1)];
  const [before, behind] = [last.text.slice(0, at), last.text.slice(at)];
  return [
    [...pieces.slice(0, -1), { text: before, stranger: false }],
    [{ text: behind, stranger: false }],
  ];
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
