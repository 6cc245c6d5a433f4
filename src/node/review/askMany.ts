import type { RoundEstimate } from '../../core/round/estimateRound.ts';
import { countOpinions } from '../../core/round/opinions.ts';
import { SAMPLE_CALLS } from '../../core/round/sampleCalls.ts';
import { estimateTeaching } from '../../core/teaching/estimate.ts';
import type { Purpose } from '../../core/teaching/records.ts';
import { madeCalls } from '../../core/teaching/madeCalls.ts';
import { opinionPorts } from '../session/opinionPorts.ts';
import { remoteEndpoint } from '../teacher/endpoint.ts';
import { findProfile, loadProfiles, profilesPath } from '../teacher/profiles.ts';
import type { Asked } from './asking.ts';
import type { Opened } from './service.ts';

/** What asking again about a number of questions will take. */
export type AskEstimate = Pick<RoundEstimate, 'profile' | 'questions' | 'estimate'> & {
  /** What `questions` counts, where that is something else. */
  readonly of?: 'rationales';
};

/** From the calls that this round has made already; without any its `estimate` is null. */
export async function estimateAsking(
  { session, review }: Opened,
  questions: number,
): Promise<AskEstimate> {
  const purpose = review.round > 0 ? 'feedback' : 'annotate';
  return estimateCalls({ session, review }, session.store.project.teacher, purpose, questions);
}

/** The same for a teacher's opinions of the rationales of these questions. */
export async function estimateOpining(
  { session, review }: Opened,
  ids: readonly string[],
  teacher: string,
): Promise<AskEstimate> {
  const ports = opinionPorts(session, teacher);
  const count = await countOpinions(ports, review.round, teacher, { ids });
  const made = await estimateCalls({ session, review }, teacher, 'review', count);
  return { ...made, of: 'rationales' };
}

async function estimateCalls(
  { session: { store, surroundings }, review }: Pick<Opened, 'session' | 'review'>,
  teacher: string,
  purpose: Purpose,
  questions: number,
): Promise<AskEstimate> {
  const profiles = await loadProfiles(profilesPath(surroundings.environment));
  const { profile, model, concurrency, prices } = remoteEndpoint(
    findProfile(profiles, teacher),
    null,
  );
  const records = await store.teacherRecords(review.round);
  const estimate = estimateTeaching(madeCalls(records, { profile, model, purpose }), {
    questions,
    wanted: 1,
    concurrency,
    prices: prices ?? null,
  });
  return { profile, questions, estimate };
}

export interface AskParts<T> {
  ask(ids: readonly string[]): Promise<T>;
  estimate(questions: number, ids: readonly string[]): Promise<AskEstimate>;
  /** The person's yes to what it will take; rejects without one. */
  agree(estimate: AskEstimate): Promise<void>;
}

/**
 * Asks a teacher that may cost something: a few questions at once, many only after a person has seen what they will
 * take. Where this round has too few calls to tell, the first ones are made before that; they are not paid again.
 */
export async function askMany<T extends { readonly [K in keyof T]: number } = Asked>(
  all: readonly string[],
  parts: AskParts<T>,
): Promise<T> {
  const ids = [...new Set(all)];
  if (ids.length <= SAMPLE_CALLS) return parts.ask(ids);
  const known = await parts.estimate(ids.length, ids);
  if ((known.estimate?.sampled ?? 0) >= SAMPLE_CALLS) {
    await parts.agree(known);
    return parts.ask(ids);
  }
  const first = await parts.ask(ids.slice(0, SAMPLE_CALLS));
  const left = ids.slice(SAMPLE_CALLS);
  await parts.agree(await parts.estimate(left.length, left));
  const rest = await parts.ask(left);
  const sums = { ...first };
  for (const name in rest) sums[name] = sum(first[name], rest[name]);
  return sums;
}

// SAFETY: every field of T is a number, and so is the sum of two.
const sum = <V extends number>(a: V, b: V): V => (a + b) as V;
