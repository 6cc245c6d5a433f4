import { describe, expect, it } from 'vitest';
import { estimateRound } from '../../../../src/core/round/estimateRound.ts';
import { SAMPLE_CALLS } from '../../../../src/core/round/sampleCalls.ts';
import { loadRound, runStep } from '../../../../src/core/round/runRounds.ts';
import { teachRound } from '../../../../src/core/round/teachRound.ts';
import { sha256Json } from '../../../../src/core/hash.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const nameOf = (request: object): string => sha256Json(request);

describe('the estimate of a round', () => {
  it('asks five of the questions that teaching would ask, spread over all, with the very same requests', async () => {
    const { ports, teacher } = setUp();
    const state = await runStep(ports, await loadRound(ports, 0), 'exam', ['train', 'dev']);
    const made = await estimateRound(ports, state);
    expect(made).toMatchObject({ purpose: 'annotate', questions: 60, profile: 'fake' });
    expect(made.estimate?.sampled).toBe(SAMPLE_CALLS);
    expect(made.estimate?.calls.low).toBe(120);
    const sampled = teacher.asked.map(nameOf);
    expect(sampled).toHaveLength(SAMPLE_CALLS);
    const places = teacher.asked.map(({ questionId }) => Number(/\d+$/u.exec(questionId)?.[0]));
    expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(40);

    teacher.asked.length = 0;
    await teachRound(ports, state);
    const asked = new Set(teacher.asked.map(nameOf));
    expect(sampled.filter((name) => !asked.has(name))).toEqual([]);
    expect(asked.size).toBeGreaterThanOrEqual(made.estimate?.calls.low ?? Infinity);
    expect(asked.size).toBeLessThanOrEqual(made.estimate?.calls.high ?? 0);
  });

  it('calls nobody where nothing is left to ask', async () => {
    const { ports, teacher } = setUp();
    const state = await runStep(ports, await loadRound(ports, 0), 'exam', ['train', 'dev']);
    await teachRound(ports, state);
    teacher.asked.length = 0;
    expect(await estimateRound(ports, state)).toMatchObject({ questions: 0, estimate: null });
    expect(teacher.asked).toEqual([]);
  });
});
