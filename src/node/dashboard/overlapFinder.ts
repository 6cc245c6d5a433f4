import { canonicalJson } from '../../core/hash.ts';
import { trainOf } from '../../core/report/history.ts';
import { findOverlapsSteps, type SetOverlap } from '../../core/report/overlaps.ts';
import type { Picture } from '../../core/report/picture.ts';
import { rationalesOf } from '../../core/report/trainedTexts.ts';
import { runPaced } from '../review/pace.ts';

/** Compares what is trained on with what is examined, again only where one of the texts may be another. */
export class OverlapFinder {
  #kept: { readonly basis: readonly unknown[]; readonly overlaps: readonly SetOverlap[] } | null =
    null;

  /** What was found for these very texts; null where they were not compared yet. */
  known(picture: Picture): readonly SetOverlap[] | null {
    const kept = this.#kept;
    const basis = basisOf(picture);
    const isSame =
      kept?.basis.length === basis.length && basis.every((part, at) => part === kept.basis[at]);
    return kept !== null && isSame ? kept.overlaps : null;
  }

  async find(picture: Picture, signal: AbortSignal): Promise<readonly SetOverlap[]> {
    const known = this.known(picture);
    if (known) return known;
    const heldOut = picture.sets.filter(({ role }) => role !== 'train');
    const questions = trainOf(picture)?.questions ?? [];
    const sought = { questions, rationales: rationalesOf(picture), heldOut };
    const overlaps = await runPaced(findOverlapsSteps(sought), signal);
    this.#kept = { basis: basisOf(picture), overlaps };
    return overlaps;
  }
}

/** Lists that are the same objects while their files are the same, and what people accepted or wrote. */
function basisOf({ sets, rounds, curation }: Picture): readonly unknown[] {
  const edits = [...curation.items].flatMap(([id, { by, status, rationale = null }]) =>
    rationale !== null || (by === 'person' && status === 'accepted') ? [[id, rationale]] : [],
  );
  const human = canonicalJson([edits, [...curation.written]]);
  return [
    ...sets.map(({ questions }) => questions),
    ...rounds.flatMap(({ taught, frozen }) => [taught, frozen]),
    human,
  ];
}
