import { joined, sentence, type Sentence } from '../sentence.ts';
import type { CheckedParity, ParityVerdict } from './parityVerdict.ts';

/** The verdict with its figures, for people. */
export function describeParity(parity: ParityVerdict): Sentence {
  if (parity.verdict === 'unchecked') {
    return parity.by === null
      ? sentence`not checked: the student’s folder has no parity.json to hold the engine against`
      : sentence`not checked: the student’s folder has no parity.json, so whether ${parity.by} serves these weights is not known`;
  }
  const { verdict, weightsSha256, compared, prompts, steps, nearTies, tolerance } = parity;
  const record = weightsSha256.slice(0, 12);
  const ties =
    nearTies === 0
      ? []
      : [
          sentence`${nearTies} prompts part where the two best tokens were nearer than ${tolerance.margin}`,
        ];
  return joined(
    [
      verdict === 'equal'
        ? sentence`equal to the trainer’s record of ${record}`
        : sentence`plausible by the trainer’s record of ${record}, not equal to it`,
      sentence`${prompts} prompts, ${steps} tokens the same ${COMPARED[compared]}`,
      ...ties,
      deltaOf(parity),
    ],
    '; ',
  );
}

const COMPARED: Readonly<Record<CheckedParity['compared'], Sentence>> = {
  logits: sentence`by id`,
  ids: sentence`by id`,
  text: sentence`by text`,
};

function deltaOf({ delta, tolerance, compared }: CheckedParity): Sentence {
  if (delta === null) return sentence`no log-probabilities to compare`;
  const max = shown(delta.max);
  if (compared === 'logits') {
    return sentence`logits at most ${max} apart (allowed: ${tolerance.delta})`;
  }
  const mean = shown(delta.mean ?? delta.max);
  return sentence`log-probabilities ${mean} apart on average, at most ${max} (allowed for ${tolerance.source}: ${tolerance.delta} on average)`;
}

const shown = (value: number): string => (value === 0 ? '0' : value.toPrecision(2));
