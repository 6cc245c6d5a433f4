import * as z from 'zod';
import { Sentence, type Part, type Text } from './sentence.ts';

/** A sentence as it is sent. */
export interface WireSentence {
  readonly template: string;
  readonly parts: readonly (string | number | WireSentence)[];
}

const wireSentenceSchema: z.ZodType<WireSentence> = z.strictObject({
  template: z.string(),
  parts: z.array(z.union([z.string(), z.number(), z.lazy(() => wireSentenceSchema)])),
});

/** A text on its way between two processes: what is a sentence here is one there. */
export const wireTextSchema = z.union([z.string(), wireSentenceSchema]);
export type WireText = z.infer<typeof wireTextSchema>;

/** A text as it is sent. */
export function toWire(text: Text): WireText {
  if (typeof text === 'string') return text;
  return {
    template: text.template,
    parts: text.parts.map((part) => (typeof part === 'number' ? part : toWire(part))),
  };
}

/** A text as it was meant. */
export function fromWire(wire: WireText): Text {
  if (typeof wire === 'string') return wire;
  const parts = wire.parts.map((part): Part => (typeof part === 'number' ? part : fromWire(part)));
  return new Sentence(wire.template, parts);
}
