import { describe, expect, it } from 'vitest';
import { spendingOf } from '../../../../src/core/round/spending.ts';
import type { DatedRecord } from '../../../../src/core/teaching/openRequests.ts';
import { teacherRecordSchema, type TeacherRecord } from '../../../../src/core/teaching/records.ts';

const hash = 'a'.repeat(64);
const about = { key: hash, questionId: 'q', purpose: 'annotate', draw: 0 } as const;

function record(fields: Record<string, unknown>): TeacherRecord {
  return teacherRecordSchema.parse({ ...about, ...fields });
}

const intent = record({
  type: 'intent',
  profile: 'p',
  model: 'm',
  templateId: 't',
  templateHash: hash,
  reservedTokens: 100,
});
const fail = (possiblyBilled: boolean): TeacherRecord =>
  record({
    type: 'fail',
    attempt: 1,
    code: 'cancelled',
    message: 'Stopped on request.',
    status: null,
    retryAfterMs: null,
    possiblyBilled,
  });

const dated = (records: readonly TeacherRecord[]): DatedRecord[] =>
  records.map((one) => ({ ...one, at: '2026-01-01T00:00:00.000Z' }));

describe('what a round has cost', () => {
  it('counts a request that broke off, and one that was lost with its process, as possibly billed', () => {
    const records = [intent, fail(true), intent, fail(false), intent];
    expect(spendingOf(dated(records), null)).toEqual({
      requests: 0,
      promptTokens: 0,
      completionTokens: 0,
      failed: 2,
      underWay: 0,
      possiblyBilled: 2,
      profiles: [],
    });
  });

  it('is nothing where nothing was asked', () => {
    expect(spendingOf([], null).possiblyBilled).toBe(0);
  });
});
