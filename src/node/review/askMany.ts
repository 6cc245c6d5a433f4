import { SAMPLE_CALLS, type RoundEstimate } from '../../core/round/estimateRound.ts';
import { estimateTeaching } from '../../core/teaching/estimate.ts';
import { madeCalls } from '../../core/teaching/madeCalls.ts';
import { remoteEndpoint } from '../teacher/endpoint.ts';
import { findProfile, loadProfiles, profilesPath } from '../teacher/profiles.ts';
import type { Asked } from './asking.ts';
import type { Opened } from './service.ts';

/** What asking again about a number of questions will take. */
export type AskEstimate = Pick<RoundEstimate, 'profile' | 'questions' | 'estimate'>;

/** From the calls that this round has made already; without any its `estimate` is null. */
export async function estimateAsking(
  { session, review }: Opened,
  questions: number,
): Promise<AskEstimate> {
  const { store, surroundings } = session;
  const profiles = await loadProfiles(profilesPath(surroundings.environment));
  const { profile, model, concurrency, prices } = remoteEndpoint(
    findProfile(profiles, store.project.teacher),
    null,
  );
  const purpose = review.round > 0 ? 'feedback' : 'annotate';
  const records = await store.teacherRecords(review.round);
  const estimate = estimateTeaching(madeCalls(records, { profile, model, purpose }), {
    questions,
    wanted: 1,
    concurrency,
    prices: prices ?? null,
  });
  return { profile, questions, estimate };
}

export interface AskParts {
  ask(ids: readonly string[]): Promise<Asked>;
  estimate(questions: number): Promise<AskEstimate>;
  /** The person's yes to what it will take; rejects without one. */
  agree(estimate: AskEstimate): Promise<void>;
}

/**
 * Asks a teacher that may cost something: a few questions at once, many only after a person has seen what they will
 * take. Where this round has too few calls to tell, the first ones are made before that; they are not paid again.
 */
export async function askMany(all: readonly string[], parts: AskParts): Promise<Asked> {
  const ids = [...new Set(all)];
  if (ids.length <= SAMPLE_CALLS) return parts.ask(ids);
  const known = await parts.estimate(ids.length);
  if ((known.estimate?.sampled ?? 0) >= SAMPLE_CALLS) {
    await parts.agree(known);
    return parts.ask(ids);
  }
  const first = await parts.ask(ids.slice(0, SAMPLE_CALLS));
  const left = ids.slice(SAMPLE_CALLS);
  await parts.agree(await parts.estimate(left.length));
  const rest = await parts.ask(left);
  return {
    accepted: first.accepted + rest.accepted,
    failed: first.failed + rest.failed,
    unasked: first.unasked + rest.unasked,
  };
}
