import type { Prices } from '../../core/teaching/prices.ts';
import { loadProfiles, profilesPath } from '../teacher/profiles.ts';

/** What this person's teachers cost, by profile; one without a price is not among them. */
export async function teacherPrices(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, Prices>> {
  const profiles = await loadProfiles(profilesPath(environment));
  return new Map(
    profiles.flatMap(({ name, prices }): [string, Prices][] =>
      prices === undefined ? [] : [[name, prices]],
    ),
  );
}
