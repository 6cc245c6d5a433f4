import { errorKindSchema, type ErrorKind, type TeachingPurpose } from './records.ts';
import { normaliseRationale } from './steps.ts';

/** What a reply in the `sections` form says. `rationale` ends with its `Answer: X` line, which `answer` repeats. */
export interface ParsedReply {
  readonly rationale: string;
  readonly answer: string;
  readonly firstErrorStep: number | null;
  readonly errorKind: ErrorKind | null;
  readonly why: string | null;
}

export type ReplyProblem = 'unparsable' | 'no-final-line' | 'empty';

/** `draft` is the best text there is for the person who looks at a refused reply; it is never taught. */
export type ReplyParse =
  | { readonly ok: true; readonly reply: ParsedReply }
  | {
      readonly ok: false;
      readonly problem: ReplyProblem;
      readonly because: string;
      readonly draft: string | null;
    };

const fenceLine = /^[ \t]*(?:`{3,}|~{3,})[\w-]*[ \t]*$/u;
const answerLine = /^[ \t]*Answer:[ \t]*(.*?)[ \t]*$/u;

function fail(problem: ReplyProblem, because: string, draft: string | null = null): ReplyParse {
  return { ok: false, problem, because, draft: draft === '' ? null : draft };
}

/**
 * Removes `<think>` blocks, nested ones included, and everything before a lone closing tag (servers that put the
 * opening tag into the prompt return only that). An unclosed block gives null: the reply is not whole.
 */
export function stripThinking(text: string): string | null {
  const tag = /<(\/?)think(?:ing)?>/giu;
  let depth = 0;
  let kept = '';
  let from = 0;
  for (const match of text.matchAll(tag)) {
    const opens = match[1] === '';
    if (depth === 0) {
      if (opens) kept += text.slice(from, match.index);
      else kept = '';
    }
    depth = Math.max(0, depth + (opens ? 1 : -1));
    from = match.index + match[0].length;
  }
  return depth > 0 ? null : kept + text.slice(from);
}

/** Removes code fences that surround the whole reply, however many times. */
export function stripFences(lines: readonly string[]): string[] {
  let inner = trimBlank(lines);
  while (
    inner.length >= 2 &&
    fenceLine.test(inner[0] ?? '') &&
    fenceLine.test(inner.at(-1) ?? '')
  ) {
    inner = trimBlank(inner.slice(1, -1));
  }
  return inner;
}

function trimBlank(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) return [];
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(first, last + 1);
}

/** Reads a whole reply. Nothing is repaired: what does not have the form is refused with the reason. */
export function parseReply(purpose: TeachingPurpose, text: string): ReplyParse {
  if (text.trim() === '') return fail('empty', 'the reply is empty');
  const thought = stripThinking(text);
  if (thought === null) return fail('unparsable', 'a <think> block is never closed');
  const lines = stripFences(thought.replace(/\r\n?/gu, '\n').split('\n'));
  if (lines.length === 0) return fail('empty', 'the reply has no text');
  const end = lines.findIndex((line) => line.trim() === 'END');
  const draft = normaliseRationale((end === -1 ? lines : lines.slice(0, end)).join('\n'));
  if (end === -1) return fail('unparsable', 'the line END is missing', draft);
  if (end !== lines.length - 1) return fail('unparsable', 'text follows the line END', draft);
  const body = lines.slice(0, end);
  return purpose === 'annotate' ? annotation(body) : feedback(body);
}

function annotation(body: readonly string[]): ReplyParse {
  const solution = readSolution(body);
  if (!solution.ok) return solution;
  const { rationale, answer } = solution;
  return {
    ok: true,
    reply: { rationale, answer, firstErrorStep: null, errorKind: null, why: null },
  };
}

type Solution = { readonly ok: true; readonly rationale: string; readonly answer: string };

/** The steps with their one line `Answer:` at the end, or why they are none. */
export function readSolution(
  lines: readonly string[],
): Solution | Extract<ReplyParse, { ok: false }> {
  const kept = trimBlank(lines);
  const rationale = normaliseRationale(kept.join('\n'));
  const refused = (problem: ReplyProblem, because: string) =>
    ({ ok: false, problem, because, draft: rationale === '' ? null : rationale }) as const;
  const answers = kept.filter((line) => answerLine.test(line));
  if (kept.length === 0) return refused('empty', 'there is no solution');
  if (answers.length === 0) return refused('no-final-line', 'no line begins with "Answer:"');
  if (answers.length > 1) return refused('unparsable', 'more than one line begins with "Answer:"');
  const last = answerLine.exec(kept.at(-1) ?? '');
  if (last === null) return refused('unparsable', 'text follows the line "Answer:"');
  const answer = last[1] ?? '';
  if (answer === '') return refused('no-final-line', 'the line "Answer:" is empty');
  return { ok: true, rationale, answer };
}

const HEADS = ['FIRST WRONG STEP', 'KIND', 'WHY', 'CORRECTED'] as const;

function feedback(body: readonly string[]): ReplyParse {
  const parts: string[][] = [];
  for (const line of body) {
    const head = /^[ \t]*([A-Z ]+?)[ \t]*:[ \t]*(.*)$/u.exec(line);
    const place = HEADS.findIndex((name) => name === head?.[1]);
    const corrected = parts.length === HEADS.length;
    if (place !== -1 && place !== parts.length) {
      return fail('unparsable', `"${head?.[1] ?? ''}:" stands in the wrong place`);
    }
    if (place !== -1) parts.push([head?.[2] ?? '']);
    else if (parts.length === 0 && line.trim() !== '') {
      return fail('unparsable', 'text stands before "FIRST WRONG STEP:"');
    } else if (corrected || parts.length > 0) parts.at(-1)?.push(line);
  }
  const missing = HEADS[parts.length];
  if (missing !== undefined) return fail('unparsable', `"${missing}:" is missing`);
  const [step = [], kind = [], why = [], corrected = []] = parts;
  const solution = readSolution(corrected);
  if (!solution.ok) return solution;
  const { rationale, answer } = solution;
  const firstErrorStep = readStep(step.join(' ').trim());
  if (firstErrorStep === undefined) {
    return fail('unparsable', '"FIRST WRONG STEP:" is neither a number nor "none"', rationale);
  }
  const errorKind = errorKindSchema.safeParse(
    kind.join(' ').trim().toLowerCase().replace(/[ -]/gu, '_'),
  );
  if (!errorKind.success) {
    return fail('unparsable', '"KIND:" is none of the known kinds', rationale);
  }
  return {
    ok: true,
    reply: {
      rationale,
      answer,
      firstErrorStep,
      errorKind: errorKind.data,
      why: normaliseRationale(why.join('\n')) || null,
    },
  };
}

function readStep(text: string): number | null | undefined {
  if (/^none\.?$/iu.test(text)) return null;
  const digits = /^(?:step\s+)?(\d{1,3})\.?$/iu.exec(text)?.[1];
  const step = digits === undefined ? 0 : Number(digits);
  return step >= 1 ? step : undefined;
}
