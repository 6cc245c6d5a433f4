import type { SampleCall } from './estimate.ts';
import type { Purpose, TeacherRecord } from './records.ts';

/** Whose calls count: another model, or another kind of question, says nothing about these. */
export interface Asker {
  readonly profile: string;
  readonly model: string;
  readonly purpose: Purpose;
}

/** The calls that a round has made already, as far as their replies came whole and were judged. */
export function madeCalls(records: readonly TeacherRecord[], asker: Asker): SampleCall[] {
  const asked = new Set<string>();
  const accepted = new Map<string, boolean>();
  for (const record of records) {
    if (record.type === 'item') accepted.set(record.key, record.accepted);
    if (record.type === 'opinion') accepted.set(record.key, record.score !== null);
    if (record.type !== 'intent' || record.purpose !== asker.purpose) continue;
    if (record.profile === asker.profile && record.model === asker.model) asked.add(record.key);
  }
  return records.flatMap((record) => {
    if (record.type !== 'reply' || !asked.has(record.key)) return [];
    const passed = accepted.get(record.key);
    if (passed === undefined) return [];
    const { promptTokens, completionTokens, cachedTokens } = record.usage;
    return [{ promptTokens, completionTokens, cachedTokens, accepted: passed, ms: record.totalMs }];
  });
}
