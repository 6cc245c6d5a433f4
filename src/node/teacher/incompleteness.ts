import { sentence, type Sentence } from '../../core/sentence.ts';
import type { TeacherReply } from '../../core/teaching/records.ts';
import { TeacherFailure, type FailureClass } from './failure.ts';
import { isComplete } from './ledger.ts';

function unfinished(kind: FailureClass, message: Sentence, hint?: Sentence): TeacherFailure {
  return new TeacherFailure({
    class: kind,
    code: 'teacher.unfinished',
    message,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Why a reply that arrived does not count; null for a whole one. Only an explicit `stop` is an end. */
export function incompleteness(reply: TeacherReply): TeacherFailure | null {
  if (isComplete(reply)) return null;
  if (reply.overlong) {
    return unfinished('item', sentence`The teacher’s reply is longer than a million characters.`);
  }
  switch (reply.finishReason) {
    case 'content_filter':
    case 'refusal':
      return new TeacherFailure({
        class: 'item',
        code: 'teacher.filtered',
        message: sentence`The teacher’s filter stopped the reply.`,
      });
    case 'stop':
      return new TeacherFailure({
        class: 'retry',
        code: 'teacher.malformed',
        message:
          reply.text.trim() === ''
            ? sentence`The teacher’s reply is empty.`
            : sentence`The teacher’s reply is not the JSON object that was asked for.`,
      });
    case 'length':
      return unfinished(
        'item',
        sentence`The teacher’s reply was cut at its length limit.`,
        sentence`Raise teaching.maxTokens in tailor.json.`,
      );
    case null:
      return unfinished('retry', sentence`The teacher’s reply ended without a finish reason.`);
    case 'error':
      return unfinished('retry', sentence`The teacher’s reply ended in an error of the server.`);
    default:
      return unfinished('item', sentence`The teacher’s reply ended with "${reply.finishReason}".`);
  }
}
