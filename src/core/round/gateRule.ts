import { CURATION_STRINGS } from '../../shared/curationStrings.ts';
import type { Curation } from '../curation/curation.ts';
import { isGoldConfirmed } from '../curation/curation.ts';
import type { Decision } from '../curation/decision.ts';
import { equationGivesGold, GOLD_RULE } from '../curation/goldRule.ts';
import { judgedIn, objectionTo } from '../curation/opinions.ts';
import { isAbout } from '../curation/questionText.ts';
import { trainQuestions } from './exam.ts';
import { gradedTrainAttempts } from './gradedTrain.ts';
import { opinionItems } from './opinionItems.ts';
import type { RoundStore } from './store.ts';

/** The rule of the headless loop: accept what passed the gate. A person's decisions are never touched by it. */
export const GATE_RULE = 'gate-accept';

/**
 * The questions on whose rationales of this round, worded as the question is now, a person has decided: whoever took
 * one of three did not mean the other two, and no rule adds them.
 */
export async function questionsOfPerson(
  store: RoundStore,
  round: number,
  curation: Curation,
): Promise<ReadonlySet<string>> {
  const originals = new Map((await store.questions('train')).map((one) => [one.id, one]));
  const lastFix = (id: string): number => curation.questions.get(id)?.order ?? -1;
  const decided = new Set<string>();
  for (const { itemId, questionId, asked } of await store.items(round)) {
    const decision = curation.items.get(itemId);
    if (decision?.by !== 'person') continue;
    const question = originals.get(questionId);
    const isOfNow = question === undefined || isAbout(asked, question, curation);
    if (isOfNow || decision.order > lastFix(questionId)) decided.add(questionId);
  }
  for (const [questionId, texts] of curation.written) {
    const stands = texts.some(({ id, round: of }) => {
      const decision = curation.items.get(id);
      return of === round && decision?.by === 'person' && decision.order > lastFix(questionId);
    });
    if (stands) decided.add(questionId);
  }
  for (const [questionId, { round: of, by }] of curation.leftOut) {
    if (of === round && by === 'person') decided.add(questionId);
  }
  return decided;
}

/**
 * The rationales of a round that passed the gate and that a second opinion, of this round or an earlier one, differs on:
 * no rule takes them, a person decides. By item id.
 */
export async function objectedItems(
  store: RoundStore,
  round: number,
  curation: Curation,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const item of await opinionItems(store, round, curation, { judged: true })) {
    for (const one of judgedIn(item, curation)) {
      if (objectionTo(one, item, curation) !== null) found.add(one.id);
    }
  }
  return found;
}

/** What the gate's rule decides in a round by now: one event, or null where nothing is left to it. */
export async function gateDecision(
  store: RoundStore,
  round: number,
  curation: Curation,
  action?: string,
): Promise<(Decision & { readonly type: 'accept' }) | null> {
  const person = await questionsOfPerson(store, round, curation);
  const objected = await objectedItems(store, round, curation);
  const items = new Map(
    (await store.items(round))
      .filter(
        ({ accepted, itemId, questionId }) =>
          accepted &&
          !curation.items.has(itemId) &&
          !person.has(questionId) &&
          !objected.has(itemId),
      )
      .map(({ itemId, questionId }) => [itemId, { itemId, questionId }]),
  );
  if (items.size === 0) return null;
  return {
    type: 'accept',
    author: { kind: 'rule', name: GATE_RULE },
    ...(action === undefined ? {} : { action }),
    reason: CURATION_STRINGS['reason.gate'],
    items: [...items.values()],
  };
}

/** The golds that the audit doubts and the questions' own equations prove. */
export async function goldDecisions(
  store: RoundStore,
  round: number,
  curation: Curation,
  action?: string,
): Promise<Decision[]> {
  const doubted = new Set(
    (await gradedTrainAttempts(store, round, curation))
      .filter(
        ({ attempt, gold, suspicions }) =>
          suspicions.includes('suspect-gold') &&
          !isGoldConfirmed(curation, attempt.questionId, gold),
      )
      .map(({ attempt }) => attempt.questionId),
  );
  return (await trainQuestions({ store }, curation))
    .filter((question) => doubted.has(question.id) && equationGivesGold(question))
    .map(({ id, answer }) => ({
      type: 'gold-confirmed',
      author: { kind: 'rule', name: GOLD_RULE },
      ...(action === undefined ? {} : { action }),
      reason: CURATION_STRINGS['reason.equation'],
      questionId: id,
      answer,
    }));
}
