import type { ExamRequest } from './attempt.ts';
import { sha256Json } from '../hash.ts';

/**
 * The stop rules by name: end-of-sequence ids, a complete answer line where asked for, the same 8 tokens 4 times,
 * the cap. A change of any of them is a new name.
 */
export const STOP_RULES = 'eos+answer-line+loop-8x4+cap-1';

/** Everything the texts of one exam depend on, items aside. */
export interface ExamBasis {
  readonly studentDigest: string;
  /** StudentIdentity.engine. */
  readonly engine: string;
  readonly promptForm: string;
  readonly request: Pick<
    ExamRequest,
    'head' | 'sampling' | 'seed' | 'maxNewTokens' | 'stopAtAnswerLine'
  >;
}

/** The 64-hex key under which attempts are stored: equal fingerprints and items give equal texts. */
export function examFingerprint({ studentDigest, engine, promptForm, request }: ExamBasis): string {
  const { head, sampling, seed, maxNewTokens, stopAtAnswerLine } = request;
  return sha256Json({
    v: 1,
    studentDigest,
    engine,
    promptForm,
    head,
    sampling,
    seed,
    maxNewTokens,
    stop: { rules: STOP_RULES, answerLine: stopAtAnswerLine },
  });
}
