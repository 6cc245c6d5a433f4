import type { Acceptance } from '../teaching/estimate.ts';
import type { TeacherRecord, Purpose } from '../teaching/records.ts';
import type { RoundStore } from './store.ts';

/** Whose replies tell about those to come: other templates, and so other kinds of questions, say nothing of these. */
export interface Asking {
  readonly profile: string;
  readonly purpose: Purpose;
  readonly templateHashes: ReadonlySet<string>;
}

/** How many of a teacher's replies with these templates the gate accepted, in this round and the ones before. */
export async function acceptedBefore(
  store: RoundStore,
  round: number,
  asking: Asking,
): Promise<Acceptance> {
  let [accepted, asked] = [0, 0];
  for (const one of await store.rounds()) {
    if (one > round) continue;
    const found = judged(await store.teacherRecords(one), asking);
    accepted += found.accepted;
    asked += found.asked;
  }
  return { accepted, asked };
}

/** Each request once: a reply that was read again is the same one. */
function judged(records: readonly TeacherRecord[], asking: Asking): Acceptance {
  const own = new Set<string>();
  const verdicts = new Map<string, boolean>();
  for (const record of records) {
    if (record.type === 'item') verdicts.set(record.key, record.accepted);
    if (record.type !== 'intent' || record.purpose !== asking.purpose) continue;
    const { profile, templateHash } = record;
    if (profile === asking.profile && asking.templateHashes.has(templateHash)) own.add(record.key);
  }
  const found = [...verdicts].filter(([key]) => own.has(key));
  return { accepted: found.filter(([, passed]) => passed).length, asked: found.length };
}
