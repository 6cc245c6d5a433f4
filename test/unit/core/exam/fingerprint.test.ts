import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENGINE_IDENTITY, ONNXRUNTIME_VERSION } from '../../../../src/core/exam/engineContract.ts';
import { examFingerprint, type ExamBasis } from '../../../../src/core/exam/fingerprint.ts';

const basis: ExamBasis = {
  studentDigest: 'a'.repeat(64),
  engine: ENGINE_IDENTITY,
  promptForm: 'plain-1',
  request: {
    head: '',
    sampling: { temperature: 0.7, topK: 50, topP: 0.95 },
    seed: 's',
    maxNewTokens: 128,
    stopAtAnswerLine: true,
  },
};
const withRequest = (change: Partial<ExamBasis['request']>): ExamBasis => ({
  ...basis,
  request: { ...basis.request, ...change },
});

describe('examFingerprint', () => {
  it('is 64 hex digits and the same for the same exam', () => {
    expect(examFingerprint(basis)).toMatch(/^[0-9a-f]{64}$/u);
    expect(examFingerprint(structuredClone(basis))).toBe(examFingerprint(basis));
  });

  it('changes with everything a text depends on', () => {
    const changed: ExamBasis[] = [
      basis,
      { ...basis, studentDigest: 'b'.repeat(64) },
      { ...basis, engine: 'other' },
      { ...basis, promptForm: 'plain-2' },
      withRequest({ head: 'x' }),
      withRequest({ sampling: { temperature: 0, topK: 50, topP: 0.95 } }),
      withRequest({ sampling: { temperature: 0.7, topK: 49, topP: 0.95 } }),
      withRequest({ sampling: { temperature: 0.7, topK: 50, topP: 1 } }),
      withRequest({ seed: 't' }),
      withRequest({ maxNewTokens: 127 }),
      withRequest({ stopAtAnswerLine: false }),
    ];
    expect(new Set(changed.map(examFingerprint)).size).toBe(changed.length);
  });

  it('does not change with what texts do not depend on', () => {
    const request = { ...basis.request, processes: 4, items: [], student: '/elsewhere' };
    expect(examFingerprint({ ...basis, request })).toBe(examFingerprint(basis));
  });

  it('names the onnxruntime that is installed', () => {
    const installed = JSON.parse(
      readFileSync('node_modules/onnxruntime-node/package.json', 'utf8'),
    ) as { version: string };
    expect(ONNXRUNTIME_VERSION).toBe(installed.version);
  });
});
