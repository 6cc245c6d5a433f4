import { join } from 'node:path';
import { activeDecisions, type RecordedDecision } from '../../core/curation/activeDecisions.ts';
import { AppError } from '../../core/errors.ts';
import type { PictureFrozen } from '../../core/report/picture.ts';
import type { TrainedText } from '../../core/report/overlaps.ts';
import { ownTexts, seenRow, type SeenRow } from '../../core/report/seenRow.ts';
import { foldCuration } from '../../core/curation/curation.ts';
import { frozenRowSchema, type Manifest } from '../../core/round/frozen.ts';
import { isLate } from '../../core/round/lateDecisions.ts';
import { sentence } from '../../core/sentence.ts';
import { sha256File } from '../storage/fileHash.ts';
import { readJsonLines } from '../storage/jsonLines.ts';
import { stampUnder, type Stamps } from './fileStamps.ts';

/** Small pieces: what a row is worth is worked out while it is read. */
const CHUNK_BYTES = 64 * 1024;

interface Wanted {
  readonly round: number;
  readonly folder: string;
  readonly manifest: Manifest;
  /** Of rounds 0 … this one. */
  readonly events: readonly (readonly RecordedDecision[])[];
  readonly stamps: Stamps;
}

/** Reads frozen sets, each once while its file stays the same. */
export class FrozenReader {
  readonly #kept = new Map<number, { readonly stamp: string; readonly read: PictureFrozen }>();

  /** Refuses rows that are not the ones whose digest the manifest has. */
  async read({ round, folder, manifest, events, stamps }: Wanted): Promise<PictureFrozen> {
    const path = join(folder, 'train.jsonl');
    const stamp = `${manifest.trainSha256} ${stampUnder(stamps, path)}`;
    const kept = this.#kept.get(round);
    if (kept?.stamp === stamp) return kept.read;
    const rows: SeenRow[] = [];
    const own: TrainedText[] = [];
    let bad = (await sha256File(path)) !== manifest.trainSha256;
    await readJsonLines(path, {
      chunkBytes: CHUNK_BYTES,
      onValue: (value) => {
        const parsed = frozenRowSchema.safeParse(value);
        if (parsed.success) {
          rows.push(seenRow(parsed.data));
          own.push(...ownTexts(parsed.data));
        } else bad = true;
      },
      onBad: () => {
        bad = true;
      },
    });
    if (bad) {
      throw new AppError(
        'round.changed',
        sentence`The frozen set of round ${round} was changed after it was frozen: its numbers are those of its manifest.`,
      );
    }
    const read = { rows, own, leftOut: leftOutThen(round, manifest, events) };
    this.#kept.set(round, { stamp, read });
    return read;
  }
}

/** What the freeze knew to be left out of this round. */
function leftOutThen(
  round: number,
  { decidedUpTo }: Manifest,
  events: Wanted['events'],
): ReadonlySet<string> {
  const known = events.map((ofRound, r) =>
    decidedUpTo ? ofRound.filter((event) => !isLate(r, event, decidedUpTo)) : ofRound,
  );
  const isRare = known.every((ofRound) =>
    activeDecisions(ofRound).every(({ type }) => type !== 'leave-out'),
  );
  if (isRare) return new Set();
  const { leftOut } = foldCuration(known);
  return new Set([...leftOut].flatMap(([id, one]) => (one.round === round ? [id] : [])));
}
