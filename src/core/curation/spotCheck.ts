import type { ItemStatus, SpotCheck } from '../../shared/reviewContract.ts';
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

/**
 * How a spot check stands. Bad is what a person edited or rejected; what is gone from the data counts as bad, so that
 * nothing gets better by disappearing. The bound is null until every drawn item is decided.
 */
export function spotCheckState(
  record: SpotCheckRecord,
  statusOf: (id: string) => ItemStatus | undefined,
  { remaining, sameFilter }: StratumNow,
): SpotCheck {
  const statuses = record.items.map(statusOf);
  const decided = statuses.filter((status) => status !== 'todo').length;
  const bad = statuses.filter((status) => status !== 'todo' && status !== 'accepted').length;
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
