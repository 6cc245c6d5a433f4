import type { Decision } from '../curation/decision.ts';
import { isGoldConfirmed } from '../curation/curation.ts';
import { GOLD_RULE, equationGivesGold } from '../curation/goldRule.ts';
import type { LoopPorts } from './ports.ts';
import { curationUpTo } from './curationUpTo.ts';
import { trainQuestions } from './exam.ts';
import { gradedTrainAttempts } from './gradedTrain.ts';
import { reduceRound, type RoundState } from './state.ts';

/** The rule of the headless loop: accept what passed the gate. A person's decisions are never touched by it. */
export const GATE_RULE = 'gate-accept';

type CuratePorts = Pick<LoopPorts, 'store'>;

/**
 * One bulk event for every item of the round that passed the gate and that nobody has decided on yet. `action` is that
 * of the person's command that asks for it, who may take it back.
 */
export async function acceptByGate(
  ports: CuratePorts,
  round: number,
  action?: string,
): Promise<number> {
  const { store } = ports;
  const curation = await curationUpTo(store, round);
  const items = new Map(
    (await store.items(round))
      .filter(({ accepted, itemId }) => accepted && !curation.items.has(itemId))
      .map(({ itemId, questionId }) => [itemId, { itemId, questionId }]),
  );
  if (items.size === 0) return 0;
  const decision: Decision = {
    type: 'accept',
    author: { kind: 'rule', name: GATE_RULE },
    ...(action === undefined ? {} : { action }),
    reason: 'The rationale reached the gold answer and passed every check of the gate.',
    items: [...items.values()],
  };
  await store.decide(round, [decision]);
  return items.size;
}

/** Confirms the golds that the audit doubts and the questions' own equations prove; `action` as for `acceptByGate`. */
export async function confirmGolds(
  ports: CuratePorts,
  round: number,
  action?: string,
): Promise<number> {
  const { store } = ports;
  const curation = await curationUpTo(store, round);
  const doubted = new Set(
    (await gradedTrainAttempts(store, round, curation))
      .filter(
        ({ attempt, gold, suspicions }) =>
          suspicions.includes('suspect-gold') &&
          !isGoldConfirmed(curation, attempt.questionId, gold),
      )
      .map(({ attempt }) => attempt.questionId),
  );
  const decisions = (await trainQuestions(ports, curation))
    .filter((question) => doubted.has(question.id) && equationGivesGold(question))
    .map(({ id, answer }): Decision => ({
      type: 'gold-confirmed',
      author: { kind: 'rule', name: GOLD_RULE },
      ...(action === undefined ? {} : { action }),
      reason: "The question's own equation gives this answer.",
      questionId: id,
      answer,
    }));
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
