import { describe, expect, it } from 'vitest';
import { openRound, roundStateSchema } from '../../../../src/core/round/state.ts';

describe('round.json', () => {
  it.each(['../elsewhere', 'models/../../elsewhere', '/etc', 'C:\\models', '\\\\host\\share', ''])(
    'threat 11: names no student outside the project: %j',
    (path) => {
      const state = openRound(0, { path: 'models/base', digest: 'd' });
      expect(roundStateSchema.safeParse(state).success).toBe(true);
      const forged = { ...state, student: { path, digest: 'd' } };
      expect(roundStateSchema.safeParse(forged).success).toBe(false);
      const trained = { runId: 'r0-1', student: { path, digest: 'd' } };
      expect(roundStateSchema.safeParse({ ...state, training: trained }).success).toBe(false);
    },
  );
});
