import type { Decision } from '../curation/decision.ts';
import type { LoopPorts } from './ports.ts';
import { curationUpTo } from './curationUpTo.ts';
import { reduceRound, type RoundState } from './state.ts';

/** The rule of the headless loop: accept what passed the gate. A person's decisions are never touched by it. */
export const GATE_RULE = 'gate-accept';

/** One bulk event for every item of the round that passed the gate and that nobody has decided on yet. */
export async function acceptByGate(
  ports: Pick<LoopPorts, 'store'>,
  round: number,
): Promise<{ accepted: number }> {
  const { store } = ports;
  const curation = await curationUpTo(store, round);
  const open = (await store.items(round)).filter(
    ({ accepted, itemId }) => accepted && !curation.items.has(itemId),
  );
  const items = [
    ...new Map(open.map(({ itemId, questionId }) => [itemId, { itemId, questionId }])).values(),
  ];
  if (items.length === 0) return { accepted: 0 };
  const decision: Decision = {
    type: 'accept',
    author: { kind: 'rule', name: GATE_RULE },
    reason: 'The rationale reached the gold answer and passed every check of the gate.',
    items,
  };
  await store.decide(round, [decision]);
  return { accepted: items.length };
}

/** Rule-based curation of a round: what the loop does where no person reviews. */
export async function curateRound(
  ports: Pick<LoopPorts, 'store'>,
  initial: RoundState,
): Promise<RoundState> {
  await acceptByGate(ports, initial.round);
  const curation = await curationUpTo(ports.store, initial.round);
  const here = [...curation.items.values()].filter(({ round }) => round === initial.round);
  const state = reduceRound(initial, {
    type: 'curated',
    accepted: here.filter(({ status }) => status === 'accepted').length,
    rejected: here.filter(({ status }) => status === 'rejected').length,
  });
  await ports.store.saveState(state);
  return state;
}
