import { BEST_SCORE } from './records.ts';
import { JSON_REPLIES, objectIn, saidBy } from './jsonReply.ts';
import { stripFences, stripThinking } from './reply.ts';
import type { ReplyForm } from './replyForms.ts';

/** What a teacher says of a rationale, or why its reply could not be read. */
export type OpinionParse =
  | { readonly ok: true; readonly score: number; readonly reason: string }
  | { readonly ok: false; readonly because: string };

/** A reason is a sentence or two; whoever writes more has not judged but solved. */
const MAX_REASON = 2000;

const fail = (because: string): OpinionParse => ({ ok: false, because });

/** Reads a whole reply of the purpose `review`. Nothing is repaired: "4/5" and 0 are no scores. */
export function parseOpinion(form: ReplyForm, text: string): OpinionParse {
  if (text.trim() === '') return fail('the reply is empty');
  return form === 'json' ? fromJson(text) : fromSections(text);
}

function fromJson(text: string): OpinionParse {
  const value = objectIn(text);
  if (value === null) return fail('the reply is not one JSON object');
  const parsed = JSON_REPLIES.review.safeParse(value);
  if (!parsed.success) return fail(saidBy(parsed.error));
  return opinion(parsed.data.score, parsed.data.reason);
}

function fromSections(text: string): OpinionParse {
  const thought = stripThinking(text);
  if (thought === null) return fail('a <think> block is never closed');
  const lines = stripFences(thought.replace(/\r\n?/gu, '\n').split('\n'));
  const end = lines.findIndex((line) => line.trim() === 'END');
  if (end === -1) return fail('the line END is missing');
  if (end !== lines.length - 1) return fail('text follows the line END');
  const [first = '', ...rest] = lines.slice(0, end).filter((line) => line.trim() !== '');
  const said = /^[ \t]*SCORE[ \t]*:[ \t]*(.*?)[ \t]*$/u.exec(first)?.[1];
  if (said === undefined) return fail('it does not begin with "SCORE:"');
  if (!new RegExp(`^[1-${BEST_SCORE}]$`, 'u').test(said)) {
    return fail(`"SCORE:" is no whole number from 1 to ${BEST_SCORE}`);
  }
  const reason = /^[ \t]*REASON[ \t]*:(.*)$/u.exec(rest[0] ?? '')?.[1];
  if (reason === undefined) return fail('"REASON:" does not follow "SCORE:"');
  if (rest.slice(1).some((line) => /^[ \t]*(?:SCORE|REASON)[ \t]*:/u.test(line))) {
    return fail('"SCORE:" or "REASON:" stands there twice');
  }
  return opinion(Number(said), [reason, ...rest.slice(1)].join('\n'));
}

function opinion(score: number, said: string): OpinionParse {
  const reason = said.replace(/\s+/gu, ' ').trim();
  if (reason === '') return fail('it gives no reason');
  if (reason.length > MAX_REASON) return fail('its reason is too long');
  return { ok: true, score, reason };
}
