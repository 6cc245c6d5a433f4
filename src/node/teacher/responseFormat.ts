import * as z from 'zod';
import { JSON_REPLIES } from '../../core/teaching/jsonReply.ts';
import type { TeacherRequest } from '../../core/teaching/teacher.ts';
import type { Dialect } from './dialect.ts';

/** How a server is held to the form of a reply, as strictly as it was found to know; nothing where words must do. */
export function responseFormat(
  { form, purpose }: Pick<TeacherRequest, 'form' | 'purpose'>,
  { json }: Dialect,
): Readonly<Record<string, unknown>> {
  if (form !== 'json' || json === 'none') return {};
  if (json === 'json_object') return { response_format: { type: 'json_object' } };
  const { $schema: _, ...schema } = z.toJSONSchema(plain(purpose));
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name: `${purpose}_reply`, strict: true, schema },
    },
  };
}

/** The same without bounds, which strict servers refuse; the reply is held to them when it is read. */
function plain(purpose: TeacherRequest['purpose']): z.ZodType {
  const nullableStep = z.union([z.number(), z.null()]);
  if (purpose === 'annotate') {
    return z.strictObject({ rationale: z.string(), finalAnswer: z.string() });
  }
  if (purpose === 'review') return z.strictObject({ score: z.number(), reason: z.string() });
  const { errorKind } = JSON_REPLIES.feedback.shape;
  return z.strictObject({
    firstErrorStep: nullableStep,
    errorKind,
    why: z.string(),
    correctedRationale: z.string(),
    finalAnswer: z.string(),
  });
}
