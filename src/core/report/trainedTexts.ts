import type { Picture } from './picture.ts';
import type { TrainedText } from './overlaps.ts';
import { trainOf } from './history.ts';

/**
 * Every rationale that may be taught, with its question: the teacher's that passed the gate, the data set's own, and
 * what people wrote or edited.
 */
export function* rationalesOf(picture: Picture): Generator<TrainedText, void, void> {
  const { rounds, curation } = picture;
  for (const { id, rationale } of trainOf(picture)?.questions ?? []) {
    if (rationale !== undefined) yield { id, text: rationale };
  }
  for (const { taught } of rounds) {
    for (const { itemId, questionId: id, rationale } of taught.items) {
      const edited = curation.items.get(itemId)?.rationale;
      if (rationale !== null) yield { id, text: rationale };
      if (edited !== undefined && edited !== rationale) yield { id, text: edited };
    }
  }
  for (const [id, written] of curation.written) {
    for (const { rationale: text } of written) yield { id, text };
  }
}
