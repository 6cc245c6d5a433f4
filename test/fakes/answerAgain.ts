import type { RecordedAgain } from '../../src/core/exam/again.ts';
import { sha256Text } from '../../src/core/hash.ts';

let made = 0;

/** An answer of a student that was asked again: by default the student of round 1, with fresh draws. */
export function anAnswerAgain(
  questionId: string,
  {
    greedy = false,
    base = false,
    over = {},
  }: {
    readonly greedy?: boolean;
    readonly base?: boolean;
    readonly over?: Partial<RecordedAgain>;
  } = {},
): RecordedAgain {
  made += 1;
  const sampling = { temperature: greedy ? 0 : 1, topK: greedy ? 1 : 50, topP: 1 };
  const form = {
    engine: 'test',
    promptForm: 'plain-1',
    head: '',
    sampling,
    maxNewTokens: 64,
    stopAtAnswerLine: true,
    stopRules: 'test',
  };
  return {
    type: 'again',
    asking: `asking-${made}`,
    questionId,
    sample: greedy ? 0 : 4,
    fingerprint: sha256Text(`${greedy} ${base}`),
    text: ' There are 6 * 12 = 72 rolls.\nAnswer: 72',
    finish: 'stop',
    minMargin: 0.5,
    samples: 1,
    form,
    student: base
      ? { path: 'models/base', digest: 'base', trained: null }
      : { path: 'models/round-1-abc', digest: 'round-1', trained: { round: 0, run: 'r0-abc' } },
    writer: 'pc-1',
    seq: made,
    at: '2026-03-02T10:30:00.000Z',
    ...over,
  };
}
