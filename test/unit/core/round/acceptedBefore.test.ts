import { expect, it, vi } from 'vitest';
import { acceptedBefore } from '../../../../src/core/round/acceptedBefore.ts';
import { estimateRound } from '../../../../src/core/round/estimateRound.ts';
import { loadRound, runStep } from '../../../../src/core/round/runRounds.ts';
import { openRound } from '../../../../src/core/round/state.ts';
import type { TeacherRecord, TeachingItem } from '../../../../src/core/teaching/records.ts';
import { builtIn } from '../../../../src/core/teaching/templates.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const ASKING = {
  profile: 'fake',
  purpose: 'annotate',
  templateHashes: new Set(['h1', 'h2']),
} as const;

const about = (key: string) =>
  ({ key: key.padEnd(64, '0'), questionId: key, purpose: 'annotate', draw: 0 }) as const;
const intent = (key: string, more: Partial<TeacherRecord> = {}): TeacherRecord =>
  ({
    type: 'intent',
    ...about(key),
    profile: 'fake',
    model: 'm',
    templateId: 'annotate-1',
    templateHash: 'h1',
    reservedTokens: 1,
    ...more,
  }) as TeacherRecord;
const item = (key: string, accepted: boolean): TeachingItem => ({
  type: 'item',
  ...about(key),
  itemId: key,
  rationale: null,
  answer: null,
  ...{ firstErrorStep: null, errorKind: null, why: null, about: null, flags: [] },
  accepted,
  reasons: [],
});

it('counts replies of this teacher with this template, each once, of this round and those before', async () => {
  const { store } = setUp();
  const student = { path: 'models/base', digest: 'd' };
  for (const round of [0, 1, 2]) await store.saveState(openRound(round, student));
  store.intentsOf.set(0, [
    ...[intent('a'), intent('a'), intent('b'), intent('unread')],
    intent('other', { profile: 'another' }),
    intent('older', { templateHash: 'h0' }),
  ]);
  store.itemsOf.set(0, [
    ...[item('a', true), item('b', false), item('b', false)],
    ...[item('other', true), item('older', true), item('nobody', true)],
  ]);
  store.intentsOf.set(1, [intent('c', { templateHash: 'h2' })]);
  store.itemsOf.set(1, [item('c', true)]);
  store.intentsOf.set(2, [intent('d')]);
  store.itemsOf.set(2, [item('d', true)]);
  expect(await acceptedBefore(store, 1, ASKING)).toEqual({ accepted: 2, asked: 3 });
});

it('knows the built-in templates of the kinds of questions that are asked about', async () => {
  const { store, ports } = setUp();
  const answer = { kind: 'choice' as const, answer: 'a', choices: ['ink', 'pen'] };
  const questions = store.questions.bind(store);
  vi.spyOn(store, 'questions').mockImplementation(async (set) =>
    (await questions(set)).map((one) => ({ ...one, ...answer })),
  );
  const state = await runStep(ports, await loadRound(ports, 0), 'exam', ['train', 'dev']);
  const gone = Array.from({ length: 30 }, (_, at) => `gone-${at}`);
  const likely = async (templateHash: string): Promise<number> => {
    store.intentsOf.set(
      0,
      gone.map((key) => intent(key, { templateHash })),
    );
    store.itemsOf.set(
      0,
      gone.map((key) => item(key, false)),
    );
    return (await estimateRound(ports, state)).estimate?.likely.calls ?? NaN;
  };
  const ofNumbers = await likely(builtIn('annotate').hash);
  expect(await likely(builtIn('annotate', 'choice').hash)).not.toBe(ofNumbers);
});

it('moves what is likely of a round, and leaves its range', async () => {
  const { store, ports } = setUp();
  const state = await runStep(ports, await loadRound(ports, 0), 'exam', ['train', 'dev']);
  const fresh = (await estimateRound(ports, state)).estimate;
  const { hash } = (await ports.templates()).annotate;
  const refused = Array.from({ length: 30 }, (_, at) => `gone-${at}`);
  store.intentsOf.set(
    0,
    refused.map((key) => intent(key, { templateHash: hash })),
  );
  store.itemsOf.set(
    0,
    refused.map((key) => item(key, false)),
  );
  const warned = (await estimateRound(ports, state)).estimate;
  expect(warned?.likely.calls).toBeGreaterThan(1.2 * (fresh?.likely.calls ?? Infinity));
  expect(warned?.calls).toEqual(fresh?.calls);
});
