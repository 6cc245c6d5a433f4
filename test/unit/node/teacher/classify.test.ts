import { describe, expect, it } from 'vitest';
import { classifyStated } from '../../../../src/node/teacher/classify.ts';

const NO_HEADERS = { retryAfterMs: null, shouldRetry: null };
const classOf = (status: number | null, error: unknown): string => {
  const failure = classifyStated(status, error, NO_HEADERS);
  return `${failure.class} ${failure.code}`;
};

describe('what a server states', () => {
  it.each<[number | null, unknown, string]>([
    [429, 'Too many tokens, please wait before trying again.', 'wait teacher.rateLimited'],
    [
      429,
      { message: 'Too many tokens per minute', code: 'rate_limit_exceeded' },
      'wait teacher.rateLimited',
    ],
    [
      400,
      { message: 'Too many tokens per minute', code: 'rate_limit_exceeded' },
      'wait teacher.rateLimited',
    ],
    [null, { message: 'Too many tokens per minute', code: 429 }, 'wait teacher.rateLimited'],
    [
      null,
      { message: 'Too many tokens per minute', type: 'rate_limit_error' },
      'wait teacher.rateLimited',
    ],
    [503, 'The moderation service is not available.', 'retry teacher.server'],
    [null, { message: 'moderation upstream', code: 502 }, 'retry teacher.server'],
    [500, 'The worker failed while it set up its context window.', 'retry teacher.server'],
    [408, 'The moderation did not end in time.', 'retry teacher.server'],
  ])('%s, %j passes by and is asked again: %s', (status, error, expected) => {
    expect(classOf(status, error)).toBe(expected);
  });

  it.each<[number | null, unknown, string]>([
    [400, 'prompt is too long: 9000 tokens', 'item teacher.context'],
    [422, 'Too many tokens: 9000 of 8192', 'item teacher.context'],
    [null, { message: 'exceeds the context window', code: 400 }, 'item teacher.context'],
    [null, { message: 'exceeds the context window' }, 'item teacher.context'],
    // No waiting makes a request smaller than what a whole minute allows.
    [413, { message: 'Request too large', code: 'rate_limit_exceeded' }, 'item teacher.context'],
    [400, { message: 'refused', code: 'content_filter' }, 'item teacher.filtered'],
    [null, { message: 'refused', code: 'content_policy_violation' }, 'item teacher.filtered'],
  ])('%s, %j concerns this request alone: %s', (status, error, expected) => {
    expect(classOf(status, error)).toBe(expected);
  });
});
