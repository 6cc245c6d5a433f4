import type { Picture } from './picture.ts';
import type { TrainedText } from './overlaps.ts';
import { trainOf } from './history.ts';

/**
 * Every rationale that may be taught, with its question: the teacher's that passed the gate, the data set's own, and
 * what people wrote or edited.
 */
export function rationalesOf(picture: Picture): TrainedText[] {
  const { rounds, curation } = picture;
  const texts: TrainedText[] = [];
  for (const { id, rationale } of trainOf(picture)?.questions ?? []) {
    if (rationale !== undefined) texts.push({ id, text: rationale });
  }
  for (const { taught } of rounds) {
    for (const { itemId, questionId: id, rationale } of taught.items) {
      const edited = curation.items.get(itemId)?.rationale;
      if (rationale !== null) texts.push({ id, text: rationale });
      if (edited !== undefined && edited !== rationale) texts.push({ id, text: edited });
    }
  }
  for (const [id, written] of curation.written) {
    texts.push(...written.map(({ rationale: text }) => ({ id, text })));
  }
  return texts;
}
