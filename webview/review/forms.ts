import * as z from 'zod/mini';
import { againHowSchema, againWhoSchema } from '../../src/shared/reviewAgain.ts';

const text = z.string();

/** What a person is writing about an item before it is sent. */
export const formSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('edit'), candidate: text, text }),
  z.object({ kind: z.literal('write'), text }),
  z.object({ kind: z.literal('ask'), hint: text }),
  /** Who is asked again, and how: nothing that is decided. */
  z.object({ kind: z.literal('again'), how: againHowSchema, who: againWhoSchema }),
  z.object({ kind: z.literal('reject'), reason: text }),
  z.object({ kind: z.literal('gold'), answer: text, reason: text }),
  z.object({ kind: z.literal('question'), question: text, reason: text }),
  z.object({
    kind: z.literal('verdict'),
    sample: z.int(),
    verdict: z.enum(['right', 'wrong']),
    reason: text,
  }),
  z.object({ kind: z.literal('first-error'), sample: z.int(), step: z.int(), errorKind: text }),
  /** The shown candidate does not pass the checks: a second yes is asked for. */
  z.object({ kind: z.literal('override'), candidate: text }),
]);
export type Form = z.infer<typeof formSchema>;
export type FormKind = Form['kind'];

/** In the place of an item's id: a hint about several items. */
export const SEVERAL = '';

/** One draft is kept for each item and kind of form. */
export const draftKey = (id: string, kind: FormKind): string => `${kind} ${id}`;

/** Whether a form holds something that would be missed. */
export function isWorthKeeping(form: Form): boolean {
  switch (form.kind) {
    case 'edit':
    case 'write':
      return form.text.trim() !== '';
    case 'ask':
      return form.hint.trim() !== '';
    case 'question':
      return form.question.trim() !== '';
    case 'gold':
      return form.answer.trim() !== '' || form.reason.trim() !== '';
    case 'reject':
    case 'verdict':
      return form.reason.trim() !== '';
    case 'again':
    case 'first-error':
    case 'override':
      return false;
  }
}

/** What a form lacks, as the key of the text that says so. */
export type Missing = 'need.text' | 'need.answer' | 'need.reason';

/** What is missing before a form can be sent; null: nothing. */
export function missingIn(form: Form): Missing | null {
  switch (form.kind) {
    case 'edit':
    case 'write':
      return form.text.trim() === '' ? 'need.text' : null;
    case 'gold':
      if (form.answer.trim() === '') return 'need.answer';
      return form.reason.trim() === '' ? 'need.reason' : null;
    case 'question':
      if (form.question.trim() === '') return 'need.text';
      return form.reason.trim() === '' ? 'need.reason' : null;
    case 'reject':
    case 'verdict':
    case 'ask':
    case 'again':
    case 'first-error':
    case 'override':
      return null;
  }
}

/** The steps that may be called the first wrong one: each, and the one that is missing behind the last. */
export function stepChoices(steps: number, chosen: number): readonly number[] {
  return Array.from({ length: Math.max(steps + 1, chosen) }, (_, index) => index + 1);
}

export const ERROR_KINDS = [
  'misread',
  'wrong_operation',
  'wrong_operand',
  'arithmetic',
  'missing_step',
  'extra_step',
  'format',
  'knowledge',
  'unknown',
] as const;
