import type { Act } from '../../shared/reviewContract.ts';
import { AppError } from '../errors.ts';
import { sentence, type Text } from '../sentence.ts';
import { rationaleOfAttempt } from '../exam/promptForm.ts';
import { goldProblem, isNumber } from '../grading/gradeAnswer.ts';
import { spelledGold } from '../grading/spelledGold.ts';
import { sha256Text } from '../hash.ts';
import { gateRationale } from '../teaching/gate.ts';
import { normaliseRationale, splitSteps } from '../teaching/steps.ts';
import { candidatesOf, gateReasons, inQuestion, type Candidate } from './candidates.ts';
import { gateSentences } from './checkSentences.ts';
import type { Curation } from './curation.ts';
import type { Author, Decision } from './decision.ts';
import { isDisputed } from './disagreements.ts';
import { pairTopic, rationaleTopic } from './topics.ts';
import type { GradedAttempt } from './negatives.ts';
import { pairReason } from './pairReason.ts';
import { asSentence } from './say.ts';
import { questionNow, textName } from './questionText.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';
import { isGoldInDoubt, missesGold, pairOf } from './reviewRow.ts';

function refuse(item: ReviewItem, message: Text, hint?: Text): AppError {
  const detail = { questionId: item.id, round: item.frame.round };
  return new AppError('usage', message, hint === undefined ? { detail } : { hint, detail });
}

interface Base {
  readonly author: Author;
  readonly action: string;
  readonly reason?: string;
}

/**
 * The events that an act of a person on one item stands for; all carry `action`. None where the act changes nothing.
 * Throws `usage` with the sentence that the person sees when the act is not possible.
 */
export function decisionsFor(
  item: ReviewItem,
  act: Act,
  curation: Curation,
  author: Author,
  action: string,
): Decision[] {
  const reason = 'reason' in act ? act.reason?.trim() : undefined;
  const base: Base = reason ? { author, action, reason } : { author, action };
  const now = questionNow(item.question, curation);
  switch (act.type) {
    case 'accept':
      return act.candidate === undefined
        ? acceptPassing(item, curation, base)
        : accepting(item, named(item, act.candidate, curation), curation, base);
    case 'choose': {
      const chosen = named(item, act.candidate, curation);
      const others = candidatesOf(item, curation).filter(({ id }) => id !== chosen.id);
      return [
        ...accepting(item, chosen, curation, base),
        ...rejecting(item, others, curation, base),
      ];
    }
    case 'reject': {
      if (act.candidate !== undefined) {
        return rejecting(item, [named(item, act.candidate, curation)], curation, base);
      }
      const candidates = offered(item, curation);
      if (candidates.length === 0) return leavingOut(item, curation, base);
      return rejecting(item, candidates, curation, base);
    }
    case 'edit':
      if (act.insist !== true) refuseUnfit(item, act.rationale, curation);
      return editing(item, named(item, act.candidate, curation), act.rationale, curation, base);
    case 'write':
      if (act.insist !== true) refuseUnfit(item, act.rationale, curation);
      return [
        {
          type: 'write',
          ...base,
          questionId: item.id,
          asked: textName(item.question, curation),
          rationale: asRationale(item, act.rationale),
        },
      ];
    case 'pair':
    case 'pair-only':
      return pairing(item, act, curation, base);
    case 'first-error': {
      const graded = sampleOf(item, act.sample, curation);
      const steps = splitSteps(rationaleOfAttempt(graded.attempt.text)).length;
      // A step that is missing at the end stands behind the last one.
      if (act.step < 1 || act.step > steps + 1) {
        throw refuse(item, sentence`The attempt has ${steps} steps: there is no step ${act.step}.`);
      }
      if (act.kind.trim() === '') throw refuse(item, sentence`Say what kind of error it is.`);
      return everySample(item, graded, curation).map((one) => ({
        type: 'first-error',
        ...base,
        ...refOf(one),
        step: act.step,
        errorKind: act.kind.trim(),
      }));
    }
    case 'verdict': {
      const graded = sampleOf(item, act.sample, curation);
      return everySample(item, graded, curation).map((one) => ({
        type: act.verdict === 'right' ? 'attempt-right' : 'attempt-wrong',
        ...base,
        ...refOf(one),
      }));
    }
    case 'fix-gold': {
      const answer = spelledGold(now.kind, act.answer);
      if (!reason) throw refuse(item, sentence`Say why the gold answer is wrong.`);
      const problem = goldProblem(now.kind, answer, now.choices);
      if (problem !== null) {
        throw refuse(
          item,
          isNumber(now) ? sentence`A gold answer is one number.` : sentence`The answer ${problem}.`,
        );
      }
      if (answer === spelledGold(now.kind, now.answer))
        throw refuse(item, sentence`${answer} is the gold answer already.`);
      return [
        {
          type: 'fix-gold',
          ...base,
          questionId: item.id,
          asked: textName(item.question, curation),
          was: now.answer,
          answer,
        },
      ];
    }
    case 'confirm-gold':
      return [{ type: 'gold-confirmed', ...base, questionId: item.id, answer: now.answer }];
    case 'fix-question': {
      const text = act.question.trim();
      if (!reason) throw refuse(item, sentence`Say why the question is wrong.`);
      if (text === '') throw refuse(item, sentence`A question needs a text.`);
      if (text === now.question && !isDisputed(curation, item.id, 'question'))
        throw refuse(item, sentence`That is the text of the question already.`);
      return [
        { type: 'fix-question', ...base, questionId: item.id, was: now.question, text, reason },
      ];
    }
  }
}

/** What an act without a name is about: this round's candidates, or older ones where it has none. */
function offered(item: ReviewItem, curation: Curation): Candidate[] {
  const all = candidatesOf(item, curation);
  const here = inQuestion(all, item.frame.round);
  return here.length > 0 ? here : all;
}

function named(item: ReviewItem, id: string, curation: Curation): Candidate {
  const found = candidatesOf(item, curation).find((one) => one.id === id);
  if (!found)
    throw refuse(item, sentence`That candidate is gone.`, sentence`Look at the item again.`);
  return found;
}

function acceptPassing(item: ReviewItem, curation: Curation, base: Base): Decision[] {
  const candidates = offered(item, curation);
  if (candidates.length === 0) {
    throw refuse(
      item,
      sentence`There is no candidate to accept yet.`,
      sentence`Ask the teacher, or write a rationale of your own.`,
    );
  }
  const open = candidates.filter(({ decision }) => decision?.status !== 'rejected');
  if (open.length === 0) {
    throw refuse(
      item,
      sentence`Every candidate is rejected.`,
      sentence`Choose one of them to bring it back.`,
    );
  }
  const now = questionNow(item.question, curation);
  const judged = open.map((one) => ({ one, reasons: gateReasons(one, now, item.frame) }));
  // A person's own text was accepted against the gate when it was written.
  const passing = judged.filter(
    ({ one, reasons }) => reasons.length === 0 || one.standing === 'by-person',
  );
  if (passing.length > 0) {
    const usable = passing.filter(({ one }) => !one.stale || one.standing === 'by-person');
    if (usable.length === 0) {
      throw refuse(
        item,
        sentence`The candidates were written for the older text of the question.`,
        sentence`Ask the teacher again, or accept one of them by its number.`,
      );
    }
    return usable.flatMap(({ one }) => accepting(item, one, curation, base));
  }
  const why = [...new Set(judged.flatMap(({ reasons }) => reasons))];
  throw refuse(
    item,
    sentence`No candidate passes the gate: ${gateSentences(why)}`,
    sentence`Edit one, accept one by its number all the same, or reject the item.`,
  );
}

function accepting(
  item: ReviewItem,
  candidate: Candidate,
  curation: Curation,
  base: Base,
): Decision[] {
  // Where people disagree, saying it again settles that.
  const disputed = isDisputed(curation, item.id, rationaleTopic(candidate.id), 'taught');
  if (candidate.standing === 'by-person' && !disputed) return [];
  const target = { questionId: item.id, itemId: candidate.id };
  if (candidate.source === 'dataset') {
    const reasons = gateReasons(candidate, questionNow(item.question, curation), item.frame);
    if (reasons.length > 0) {
      throw refuse(
        item,
        sentence`The data's own rationale does not pass the gate: ${gateSentences(reasons)}`,
        sentence`Edit it instead.`,
      );
    }
  }
  const isUndone = candidate.stale && !curation.questions.has(item.id);
  // A text that a person edited, or that no fix explains any more, is accepted as the person's own.
  if (candidate.original !== null || (isUndone && candidate.item !== null)) {
    const asked = textName(item.question, curation);
    return [{ type: 'edit', ...base, ...target, asked, rationale: candidate.text }];
  }
  return [{ type: 'accept', ...base, items: [target] }];
}

function rejecting(
  item: ReviewItem,
  candidates: readonly Candidate[],
  curation: Curation,
  base: Base,
): Decision[] {
  const items = candidates
    .filter(
      ({ id, decision }) =>
        decision?.status !== 'rejected' ||
        decision.by === 'rule' ||
        isDisputed(curation, item.id, rationaleTopic(id)),
    )
    .map(({ id }) => ({ questionId: item.id, itemId: id }));
  return items.length === 0 ? [] : [{ type: 'reject', ...base, items }];
}

/** With nothing to reject, rejecting an item means that it is not trained on. */
function leavingOut({ id, frame }: ReviewItem, curation: Curation, base: Base): Decision[] {
  const known = curation.leftOut.get(id);
  const said = known?.round === frame.round && known.by === 'person';
  if (said && !isDisputed(curation, id, 'taught')) return [];
  return [{ type: 'leave-out', ...base, questionId: id }];
}

function asRationale(item: ReviewItem, text: string): string {
  const rationale = normaliseRationale(text);
  if (splitSteps(rationale).length === 0) throw refuse(item, sentence`A rationale needs a step.`);
  return rationale;
}

/** A person's own words pass the same checks as the teacher's, unless the person insists. */
function refuseUnfit(item: ReviewItem, text: string, curation: Curation): void {
  const rationale = asRationale(item, text);
  const now = questionNow(item.question, curation);
  const reasons = gateRationale(rationale, {
    question: now.question,
    gold: now,
    limits: item.frame.gate,
    existingTexts: [],
  });
  if (reasons.length === 0) return;
  throw refuse(
    item,
    sentence`This rationale does not pass: ${gateSentences(reasons, rationale)}`,
    sentence`Correct it, or save it all the same.`,
  );
}

function editing(
  item: ReviewItem,
  candidate: Candidate,
  text: string,
  curation: Curation,
  base: Base,
): Decision[] {
  const rationale = asRationale(item, text);
  if (rationale === candidate.text) return accepting(item, candidate, curation, base);
  const asked = textName(item.question, curation);
  if (candidate.source === 'dataset') {
    return [
      { type: 'write', ...base, questionId: item.id, asked, rationale },
      ...rejecting(item, [candidate], curation, base),
    ];
  }
  return [{ type: 'edit', ...base, questionId: item.id, itemId: candidate.id, asked, rationale }];
}

function sampleOf(item: ReviewItem, sample: number, curation: Curation): GradedAttempt {
  const found = attemptsNow(item, curation).find(({ attempt }) => attempt.sample === sample);
  if (!found)
    throw refuse(item, sentence`Round ${item.frame.round} has no sample ${sample} of it.`);
  return found;
}

/** Identical texts are one attempt to a person: what is said of one is said of all. */
function everySample(item: ReviewItem, graded: GradedAttempt, curation: Curation): GradedAttempt[] {
  return attemptsNow(item, curation).filter(({ attempt }) => attempt.text === graded.attempt.text);
}

function refOf({ attempt }: GradedAttempt) {
  const { questionId, sample, fingerprint, text } = attempt;
  return { questionId, sample, fingerprint, textHash: sha256Text(text) };
}

function pairing(
  item: ReviewItem,
  act: Extract<Act, { type: 'pair' | 'pair-only' }>,
  curation: Curation,
  base: Base,
): Decision[] {
  const graded = sampleOf(item, act.sample, curation);
  const same = everySample(item, graded, curation);
  const block = {
    goldInDoubt: isGoldInDoubt(item, curation),
    missesGold: missesGold(item, candidatesOf(item, curation), curation),
  };
  if (act.type === 'pair' && !act.keep) {
    const pair = pairOf(graded, curation, block);
    if (pair === 'none') throw refuse(item, sentence`This attempt is right: it stands in no pair.`);
    const disputed = isDisputed(curation, item.id, pairTopic(refOf(graded)));
    if (pair === 'drop' && !disputed) return [];
    return same.map((one) => ({ type: 'pair-drop', ...base, ...refOf(one) }));
  }
  const why = pairReason(graded, curation, block, asSentence);
  if (why !== null) throw refuse(item, sentence`This attempt cannot stand in a pair. ${why}`);
  const kept = same.map((one): Decision => ({ type: 'pair-keep', ...base, ...refOf(one) }));
  if (act.type === 'pair') return kept;
  const others = attemptsNow(item, curation).filter(
    (one) => !same.includes(one) && pairOf(one, curation, block) === 'keep',
  );
  return [
    ...kept,
    ...others.map((one): Decision => ({ type: 'pair-drop', ...base, ...refOf(one) })),
  ];
}
