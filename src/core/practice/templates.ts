import * as z from 'zod';
import { AppError } from '../errors.ts';
import { sentence } from '../sentence.ts';

const slot = z.string().regex(/^[a-z]$/u, String(sentence`must be one lower-case letter`));
const words = z.strictObject({
  train: z.array(z.string().regex(/^[A-Za-z]+$/u)).min(2),
  dev: z.array(z.string().regex(/^[A-Za-z]+$/u)).min(2),
});

const familySchema = z
  .strictObject({
    id: z.string().regex(/^[a-z]+$/u),
    /** Whether the practice student's base was schooled in this family. */
    known: z.boolean(),
    /** Slots that are drawn, with their smallest and largest value. */
    numbers: z.record(slot, z.tuple([z.number().int().min(1), z.number().int().min(1)])),
    /** Slots that follow from earlier ones, in the order written. */
    derived: z.record(slot, z.string()),
    /** Infix over the slots: what the answer is. */
    equation: z.string().min(1),
    phrasings: z
      .array(z.strictObject({ text: z.string().min(1), heldOut: z.literal(true).optional() }))
      .min(4),
  })
  .superRefine((family, context) => {
    if (family.phrasings.filter((phrasing) => phrasing.heldOut).length !== 1) {
      context.addIssue({
        code: 'custom',
        message: String(sentence`exactly one phrasing must be held out`),
      });
    }
    const known = new Set(['n', 'm', 't', 'u', ...Object.keys(family.numbers)]);
    for (const name of Object.keys(family.derived)) known.add(name);
    for (const { text } of family.phrasings) {
      const used = new Set([...text.matchAll(/\{(\w+)\}/gu)].map((match) => match[1] ?? ''));
      for (const name of used) {
        if (!known.has(name)) {
          context.addIssue({ code: 'custom', message: `{${name}} is no slot: ${text}` });
        }
      }
      // Names and things tell the base's stories, the train set and the dev set apart.
      if (!used.has('t') || !(used.has('n') || used.has('m'))) {
        context.addIssue({ code: 'custom', message: `needs a name and {t}: ${text}` });
      }
    }
  });

/** media/practice/templates.json, read by the host and by the Python side (tailor_bridge/stories.py). */
export const templatesSchema = z
  .strictObject({
    v: z.literal(1),
    names: words,
    things: words,
    families: z.array(familySchema).min(1),
  })
  .superRefine((templates, context) => {
    for (const list of [templates.names, templates.things]) {
      for (const word of list.dev.filter((candidate) => list.train.includes(candidate))) {
        context.addIssue({ code: 'custom', message: `${word} is both a train and a dev word` });
      }
    }
  });
export type PracticeTemplates = z.infer<typeof templatesSchema>;
export type StoryFamily = PracticeTemplates['families'][number];

/** Parses the text of templates.json; `data.invalid` names the first wrong field. */
export function parseTemplates(text: string): PracticeTemplates {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new AppError('data.invalid', sentence`The practice templates are not JSON.`, { cause });
  }
  const parsed = templatesSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new AppError(
    'data.invalid',
    sentence`The practice templates are wrong at ${field || sentence`the top`}.`,
    {
      hint: issue?.message ?? '',
      cause: parsed.error,
      detail: { field },
    },
  );
}
