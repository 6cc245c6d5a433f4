import * as z from 'zod';
import { BEST_SCORE, errorKindSchema, type TeachingPurpose } from './records.ts';
import { readSolution, stripFences, stripThinking, type ReplyParse } from './reply.ts';
import { normaliseRationale } from './steps.ts';

const text = z.string().max(100_000);

/** The one object that each purpose asks for: every key is required, as strict servers want it. */
export const JSON_REPLIES = {
  annotate: z.strictObject({ rationale: text, finalAnswer: text }),
  feedback: z.strictObject({
    firstErrorStep: z.number().int().min(1).max(999).nullable(),
    errorKind: errorKindSchema.nullable(),
    why: text,
    correctedRationale: text,
    finalAnswer: text,
  }),
  review: z.strictObject({ score: z.number().int().min(1).max(BEST_SCORE), reason: text }),
} as const;

/** The object in a reply, without thoughts and fences around it; null where there is none, or not one alone. */
export function objectIn(reply: string): object | null {
  const thought = stripThinking(reply);
  if (thought === null) return null;
  const inner = stripFences(thought.replace(/\r\n?/gu, '\n').split('\n')).join('\n');
  try {
    const value: unknown = JSON.parse(inner);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether a reply is one JSON object at all. One that is not was broken on its way, and is asked for again. */
export function isJsonObject(reply: string): boolean {
  return objectIn(reply) !== null;
}

const refused = (
  problem: Extract<ReplyParse, { ok: false }>['problem'],
  because: string,
  draft: string | null = null,
): ReplyParse => ({ ok: false, problem, because, draft: draft === '' ? null : draft });

/** Reads a reply of the form `json` into what the form `sections` says as well. Nothing is repaired. */
export function parseJsonReply(purpose: TeachingPurpose, reply: string): ReplyParse {
  if (reply.trim() === '') return refused('empty', 'the reply is empty');
  const value = objectIn(reply);
  if (value === null) return refused('unparsable', 'the reply is not one JSON object');
  if (purpose === 'annotate') {
    const parsed = JSON_REPLIES.annotate.safeParse(value);
    if (!parsed.success) return refused('unparsable', saidBy(parsed.error));
    const solution = solutionOf(parsed.data.rationale, parsed.data.finalAnswer);
    return solution.ok
      ? { ok: true, reply: { ...solution.said, firstErrorStep: null, errorKind: null, why: null } }
      : solution.refusal;
  }
  const parsed = JSON_REPLIES.feedback.safeParse(value);
  if (!parsed.success) return refused('unparsable', saidBy(parsed.error));
  const { firstErrorStep, errorKind, why, correctedRationale, finalAnswer } = parsed.data;
  const solution = solutionOf(correctedRationale, finalAnswer);
  if (!solution.ok) return solution.refusal;
  if (firstErrorStep !== null && errorKind === null) {
    const because = 'a step is named as wrong, and no kind of error';
    return refused('unparsable', because, solution.said.rationale);
  }
  return {
    ok: true,
    reply: {
      ...solution.said,
      firstErrorStep,
      errorKind,
      why: normaliseRationale(why) || null,
    },
  };
}

/** The rationale with its last line, which its own field may hold alone; where both say it they must agree. */
function solutionOf(
  rationale: string,
  finalAnswer: string,
):
  | { readonly ok: true; readonly said: { readonly rationale: string; readonly answer: string } }
  | { readonly ok: false; readonly refusal: ReplyParse } {
  const lines = rationale.replace(/\r\n?/gu, '\n').split('\n');
  const named = finalAnswer.trim();
  const isThere = lines.some((line) => /^[ \t]*Answer:/u.test(line));
  const steps = rationale.trim() === '' ? [] : lines;
  if (steps.length === 0) {
    return { ok: false, refusal: refused('empty', 'there is no solution') };
  }
  const solution = readSolution(isThere || named === '' ? steps : [...steps, `Answer: ${named}`]);
  if (!solution.ok) return { ok: false, refusal: solution };
  const { rationale: whole, answer } = solution;
  if (answer !== named) {
    const because = '"finalAnswer" and the line "Answer:" differ';
    return { ok: false, refusal: refused('unparsable', because, whole) };
  }
  return { ok: true, said: { rationale: whole, answer } };
}

/** What is wrong with an object, in words. */
export function saidBy({ issues: [first] }: z.ZodError): string {
  const path = first?.path.join('.') ?? '';
  return path === '' ? (first?.message ?? 'another form') : `"${path}": ${first?.message ?? ''}`;
}
