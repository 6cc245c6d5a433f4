import type { LoopPorts } from './ports.ts';
import { curationUpTo } from './curationUpTo.ts';
import { gateDecision, goldDecisions } from './gateRule.ts';
import { reduceRound, type RoundState } from './state.ts';

type CuratePorts = Pick<LoopPorts, 'store'>;

/**
 * One bulk event for every item of the round that passed the gate and that nobody has decided on yet, in questions that
 * no person has decided on. `action` is that of the person's command that asks for it, who may take it back.
 */
export async function acceptByGate(
  { store }: CuratePorts,
  round: number,
  action?: string,
): Promise<number> {
  const decision = await gateDecision(store, round, await curationUpTo(store, round), action);
  if (decision) await store.decide(round, [decision]);
  return decision?.items.length ?? 0;
}

/** Confirms the golds that the audit doubts and the questions' own equations prove; `action` as for `acceptByGate`. */
export async function confirmGolds(
  { store }: CuratePorts,
  round: number,
  action?: string,
): Promise<number> {
  const decisions = await goldDecisions(store, round, await curationUpTo(store, round), action);
  if (decisions.length > 0) await store.decide(round, decisions);
  return decisions.length;
}

/** Rule-based curation of a round: what the loop does where no person reviews. */
export async function curateRound(ports: CuratePorts, initial: RoundState): Promise<RoundState> {
  await acceptByGate(ports, initial.round);
  await confirmGolds(ports, initial.round);
  const curation = await curationUpTo(ports.store, initial.round);
  const here = [...curation.items.values()].filter(({ round }) => round === initial.round);
  // A rule may be applied from a window beside the loop: what the loop has recorded meanwhile stays.
  const latest = (await ports.store.state(initial.round)) ?? initial;
  const state = reduceRound(latest, {
    type: 'curated',
    accepted: here.filter(({ status }) => status === 'accepted').length,
    rejected: here.filter(({ status }) => status === 'rejected').length,
  });
  await ports.store.saveState(state);
  return state;
}
