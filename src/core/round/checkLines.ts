import { describeParity } from '../exam/describeParity.ts';
import type { ParityVerdict } from '../exam/parityVerdict.ts';
import { sentence, type Sentence } from '../sentence.ts';
import type { RoundState } from './state.ts';

/** A line for each of a round's different checks: all its exams share one, but where another sat some of them. */
export function checkLines(round: number, { exams }: Pick<RoundState, 'exams'>): Sentence[] {
  const found = new Map<string, { readonly sets: string[]; readonly parity: ParityVerdict }>();
  for (const [set, { parity }] of Object.entries(exams)) {
    if (parity === undefined) continue;
    const key = JSON.stringify(parity);
    const same = found.get(key);
    if (same) same.sets.push(set);
    else found.set(key, { sets: [set], parity });
  }
  return [...found.values()].map(({ sets, parity }) => {
    const about = describeParity(parity);
    return parity.by === null
      ? sentence`round ${round} (${sets.join(', ')}), engine: ${about}`
      : sentence`round ${round} (${sets.join(', ')}), server ${parity.by}: ${about}`;
  });
}
