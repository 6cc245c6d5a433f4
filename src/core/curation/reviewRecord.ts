import type { ItemFlag, Row } from '../../shared/reviewQueue.ts';
import type { Check, ReviewRecord } from '../../shared/reviewRecord.ts';
import { wordingOf } from '../dataset/choiceLines.ts';
import { trajectoryOf } from '../round/trajectory.ts';
import { BEST_SCORE } from '../teaching/records.ts';
import { stepViews } from '../teaching/stepView.ts';
import type { RecordedDecision } from './activeDecisions.ts';
import { candidatesOf } from './candidates.ts';
import { isGoldConfirmed, type Curation } from './curation.ts';
import { logOf } from './decisionLog.ts';
import { openObjection, type Scored } from './opinions.ts';
import { questionNow } from './questionText.ts';
import { askedAgainViews, NOT_ASKED_AGAIN, type AskedAgainBeside } from './recordAgain.ts';
import { answersOf, attemptViews } from './recordAttempts.ts';
import { candidateView } from './recordCandidates.ts';
import { kindOfRecord } from './recordChoices.ts';
import { disagreementViews } from './recordDisagreements.ts';
import { stampOf } from './recordStamp.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';
import { rowOf } from './reviewRow.ts';
import { inEnglish, type CurationSay } from './say.ts';

export interface RecordContext {
  readonly curation: Curation;
  /** The standing decisions on this question of all rounds so far, in order. */
  readonly decisions: readonly RecordedDecision[];
  /** What students answered when they were asked again; nothing where it is not given. */
  readonly again?: AskedAgainBeside;
  /** English where it is not given. */
  readonly say?: CurationSay;
}

/** Everything about one item, worked out when it is looked at. */
export function recordOf(
  item: ReviewItem,
  { curation, decisions, again = NOT_ASKED_AGAIN, say = inEnglish }: RecordContext,
): ReviewRecord {
  const { id, question: source, frame } = item;
  const now = questionNow(source, curation);
  const row = rowOf(item, curation);
  const candidates = candidatesOf(item, curation);
  const steps = new Map(candidates.map((one) => [one.id, stepViews(one.text, wordingOf(now))]));
  const history = [
    ...item.history.map(({ round, right, samples }) => ({ round, right, samples })),
    ...(row.samples > 0 ? [{ round: frame.round, right: row.right, samples: row.samples }] : []),
  ];
  return {
    row,
    stamp: stampOf(item, curation),
    question: now.question,
    originalQuestion: now.question === source.question ? null : source.question,
    ...kindOfRecord(now),
    gold: now.answer,
    originalGold: now.answer === source.answer ? null : source.answer,
    goldConfirmed: isGoldConfirmed(curation, id, now.answer),
    equation: now.equation ?? null,
    reference: source.rationale ?? null,
    answers: answersOf(attemptsNow(item, curation)),
    attempts: attemptViews(item, curation, candidates, steps, say),
    again: askedAgainViews(item, curation, again),
    candidates: candidates.map((one) =>
      candidateView(one, item, curation, steps.get(one.id) ?? [], say),
    ),
    history,
    trajectory: trajectoryOf(history),
    checks: checksOf(item, row, curation, say),
    hint: curation.hints.get(id) ?? null,
    disagreements: disagreementViews(id, candidates, curation, say),
    log: logOf(decisions, id, curation.outdated, say),
  };
}

/** Flags that are no doubt about the item, or have a place of their own in the record. */
const NOTES: readonly ItemFlag[] = ['repeat-miss', 'forgotten', 'disagreed'];

function checksOf(item: ReviewItem, row: Row, curation: Curation, say: CurationSay): Check[] {
  const objection = openObjection(item, curation);
  const checks = row.flags.map((code): Check => ({
    code,
    level: NOTES.includes(code) ? 'info' : 'warn',
    message: flagSentence(code, row, objection, say),
  }));
  const add = (code: string, message: string): void => {
    checks.push({ code, level: 'info', message });
  };
  const unread = item.candidates.filter(({ item: made }) => made.rationale === null).length;
  if (unread === 1) add('unparsable', say('item.unparsable.one'));
  else if (unread > 1) add('unparsable', say('item.unparsable', unread));
  const question = curation.questions.get(item.id)?.reason;
  if (question) add('question-fix', say('item.question-fix', question));
  const gold = curation.goldFixes.get(item.id)?.reason;
  if (gold) add('gold-fix', say('item.gold-fix', gold));
  return checks;
}

function flagSentence(
  flag: ItemFlag,
  row: Row,
  objection: Scored | null,
  say: CurationSay,
): string {
  if (flag === 'second-opinion') {
    return say('item.second-opinion', objection?.score ?? '', BEST_SCORE, objection?.reason ?? '');
  }
  if (flag === 'repeat-miss') return say('item.repeat-miss', row.misses);
  if (flag !== 'gold-in-doubt') return say(`item.${flag}`);
  const { gold, wrong } = row.choice ?? { gold: row.gold, wrong: row.wrongAnswer };
  return wrong === null
    ? say('item.gold-in-doubt.earlier', gold)
    : say('item.gold-in-doubt', gold, wrong);
}
