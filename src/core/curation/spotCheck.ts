import type { SpotCheck } from '../../shared/reviewContract.ts';
import type { ItemStatus } from '../../shared/reviewQueue.ts';
import { uniforms } from '../round/bootstrap.ts';
import { populationUpperBound } from '../round/statistics.ts';
import type { Curation, SpotCheckRecord } from './curation.ts';

/** `size` of the ids, every set of them equally likely, in their order; the same seed draws the same ones. */
export function drawSample(ids: readonly string[], size: number, seed: string): string[] {
  const random = uniforms(`spot-check ${seed}`);
  const wanted = Math.min(size, ids.length);
  const sample: string[] = [];
  for (const [place, id] of ids.entries()) {
    // Of what is left, each has the same chance to be among the ones still missing (Knuth, selection sampling).
    if (random() * (ids.length - place) < wanted - sample.length) sample.push(id);
  }
  return sample;
}

/** The spot check that is open: the last one drawn, unless it was ended. */
export function openSpotCheck(
  records: readonly SpotCheckRecord[],
  round: number,
): SpotCheckRecord | null {
  const last = records.filter((record) => record.round === round).at(-1);
  return last && last.items.length > 0 ? last : null;
}

/**
 * What a sample was drawn from, as it was written down then: the filter alone finds other questions later, of which
 * its bound says nothing. Null where not all of it is there.
 */
export function stratumOf(
  { id, population }: Pick<SpotCheckRecord, 'id' | 'population'>,
  { strata }: Pick<Curation, 'strata'>,
): readonly string[] | null {
  const ids = strata.get(id);
  return ids?.length === population ? ids : null;
}

export interface StratumNow {
  /** Undecided items of the stratum that are not in the sample. */
  readonly remaining: number;
  /** The filter in force is the one that the sample was drawn by: otherwise the bound is about something else. */
  readonly sameFilter: boolean;
}

/** What has become of an item of the sample. */
export interface SampledNow {
  readonly status: ItemStatus;
  /** See `outcomeOf`. */
  readonly outcome: string;
}

/**
 * How a spot check stands. Bad is every decided item that came out otherwise than accepting it with all the others
 * would have made it when the sample was drawn; what is gone from the data is bad, too, so that nothing gets better by
 * disappearing. The bound is null until every drawn item is decided.
 */
export function spotCheckState(
  record: SpotCheckRecord,
  lookAt: (id: string) => SampledNow | undefined,
  { remaining, sameFilter }: StratumNow,
): SpotCheck {
  let decided = 0;
  let bad = 0;
  for (const [place, id] of record.items.entries()) {
    const now = lookAt(id);
    if (now?.status === 'todo') continue;
    decided += 1;
    if (now === undefined || now.outcome !== record.outcomes?.[place]) bad += 1;
  }
  const drawn = record.items.length;
  return {
    drawn,
    decided,
    bad,
    population: record.population,
    bound:
      decided === drawn && drawn > 0 ? populationUpperBound(bad, drawn, record.population) : null,
    remaining,
    random: sameFilter,
  };
}

/** A bound in percent, rounded up: what is written down must hold. */
export function percentAtMost(share: number): string {
  return (Math.ceil(1000 * share - 1e-9) / 10).toFixed(1);
}
