import type { TeacherRecord } from '../../core/teaching/records.ts';

/** The records of a type, each key once: the first one counts. */
export function firstOfEach<Type extends TeacherRecord['type']>(
  records: readonly TeacherRecord[],
  type: Type,
): Extract<TeacherRecord, { readonly type: Type }>[] {
  type OfType = Extract<TeacherRecord, { readonly type: Type }>;
  const isMeant = (record: TeacherRecord): record is OfType => record.type === type;
  const byKey = new Map<string, OfType>();
  for (const record of records) {
    if (isMeant(record) && !byKey.has(record.key)) byKey.set(record.key, record);
  }
  return [...byKey.values()];
}
