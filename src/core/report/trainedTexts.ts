import type { Picture } from './picture.ts';
import type { TrainedText } from './overlaps.ts';
import { trainOf } from './history.ts';

/**
 * Every rationale that may be taught, with its question: the teacher's that passed the gate or that a person accepted,
 * the data set's own, what people wrote or edited, and the student's own attempts that frozen sets hold.
 */
export function* rationalesOf(picture: Picture): Generator<TrainedText, void, void> {
  const { rounds, curation } = picture;
  for (const { id, rationale } of trainOf(picture)?.questions ?? []) {
    if (rationale !== undefined) yield { id, text: rationale };
  }
  for (const { taught, frozen } of rounds) {
    yield* frozen?.own ?? [];
    for (const { itemId, questionId: id, accepted, rationale } of taught.items) {
      const decision = curation.items.get(itemId);
      const edited = decision?.rationale;
      // A person's word overrides the gate.
      const isTaught = accepted || (decision?.by === 'person' && decision.status === 'accepted');
      if (isTaught && rationale !== null) yield { id, text: rationale };
      if (edited !== undefined && edited !== rationale) yield { id, text: edited };
    }
  }
  for (const [id, written] of curation.written) {
    for (const { id: itemId, rationale: text } of written) {
      const edited = curation.items.get(itemId)?.rationale;
      yield { id, text };
      if (edited !== undefined && edited !== text) yield { id, text: edited };
    }
  }
}
