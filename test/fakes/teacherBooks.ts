import { expect } from 'vitest';
import type { TeacherFail, TeacherReply } from '../../src/core/teaching/records.ts';
import type { LedgerEntry } from '../../src/node/programmatic/ledger.ts';
import type { ProgrammaticTeacher } from '../../src/node/programmatic/server.ts';
import type { OpenedTeacher } from '../../src/node/teacher/createTeacher.ts';
import type { Endpoint } from '../../src/node/teacher/endpoint.ts';
import type { Bench } from './teacherBench.ts';

/** What is to be true of one request in both books; `unknown` is the client's "possibly billed". */
export type Agreement = 'nothing' | 'same tokens' | 'estimated' | 'unknown';

function agreement(entry: Readonly<LedgerEntry>, outcome: TeacherReply | TeacherFail): Agreement {
  const { billedPromptTokens: read, billedCompletionTokens: written } = entry;
  if (read + written === 0) {
    // What the server turned away it does not charge for, and the client must not say that it might.
    expect(outcome).toMatchObject({ type: 'fail', possiblyBilled: false });
    return 'nothing';
  }
  if (outcome.type === 'fail') {
    expect(outcome).toMatchObject({ possiblyBilled: true });
    return 'unknown';
  }
  if (!outcome.usage.estimated) {
    expect(outcome.usage).toMatchObject({ promptTokens: read, completionTokens: written });
    return 'same tokens';
  }
  return outcome.finishReason === null ? 'unknown' : 'estimated';
}

/**
 * The client's books against the server's, request by request, for requests that were made one after another: each
 * has one outcome, the tokens are the same wherever the server said them, and "possibly billed" stands exactly where
 * the server has billed something and never got to say so. The journal on the disk tells the same as the memory.
 */
export async function sameBooks(
  server: ProgrammaticTeacher,
  bench: Bench,
  opened: OpenedTeacher,
  endpoint: Endpoint,
): Promise<readonly Agreement[]> {
  const { entries } = server.ledger;
  await expect.poll(() => entries.every(({ done }) => done), { timeout: 60_000 }).toBe(true);
  const outcomes = (await bench.records()).flatMap((one) =>
    one.type === 'reply' || one.type === 'fail' ? [one] : [],
  );
  expect(outcomes).toHaveLength(entries.length);
  const found = outcomes.map((outcome, at) => agreement(entries[at]!, outcome));
  const { cacheHits, ...spent } = opened.teacher.spending();
  expect(spent.requests).toBe(entries.length);
  expect(spent.possiblyBilled).toBe(found.filter((one) => one === 'unknown').length);
  if (found.every((one) => one === 'nothing' || one === 'same tokens')) {
    const { billedPromptTokens, billedCompletionTokens } = server.ledger.totals();
    expect(spent.promptTokens).toBe(billedPromptTokens);
    expect(spent.completionTokens).toBe(billedCompletionTokens);
  }
  await opened.close();
  const again = await bench.open(endpoint, { writer: 'later' });
  expect(again.teacher.spending()).toEqual({ ...spent, cacheHits: 0 });
  expect(cacheHits).toBeGreaterThanOrEqual(0);
  return found;
}
