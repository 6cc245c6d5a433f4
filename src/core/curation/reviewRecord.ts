import type { Check, ItemFlag, ReviewRecord, Row } from '../../shared/reviewContract.ts';
import { trajectoryOf } from '../round/trajectory.ts';
import { stepViews } from '../teaching/stepView.ts';
import type { RecordedDecision } from './activeDecisions.ts';
import { candidatesOf } from './candidates.ts';
import { isGoldConfirmed, type Curation } from './curation.ts';
import { logOf } from './decisionLog.ts';
import { questionNow } from './questionText.ts';
import { answersOf, attemptViews } from './recordAttempts.ts';
import { candidateView } from './recordCandidates.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';
import { rowOf } from './reviewRow.ts';

export interface RecordContext {
  readonly curation: Curation;
  /** The standing decisions on this question of all rounds so far, in order. */
  readonly decisions: readonly RecordedDecision[];
}

/** Everything about one item, worked out when it is looked at. */
export function recordOf(item: ReviewItem, { curation, decisions }: RecordContext): ReviewRecord {
  const { id, question: source, frame } = item;
  const now = questionNow(source, curation);
  const row = rowOf(item, curation);
  const candidates = candidatesOf(item, curation);
  const steps = new Map(candidates.map((one) => [one.id, stepViews(one.text, now.question)]));
  const history = [
    ...item.history.map(({ round, right, samples }) => ({ round, right, samples })),
    ...(row.samples > 0 ? [{ round: frame.round, right: row.right, samples: row.samples }] : []),
  ];
  return {
    row,
    question: now.question,
    originalQuestion: now.question === source.question ? null : source.question,
    gold: now.answer,
    originalGold: now.answer === source.answer ? null : source.answer,
    goldConfirmed: isGoldConfirmed(curation, id, now.answer),
    equation: now.equation ?? null,
    reference: source.rationale ?? null,
    answers: answersOf(attemptsNow(item, curation)),
    attempts: attemptViews(item, curation, candidates, steps),
    candidates: candidates.map((one) =>
      candidateView(one, item, curation, steps.get(one.id) ?? []),
    ),
    history,
    trajectory: trajectoryOf(history),
    checks: checksOf(item, row, curation),
    hint: curation.hints.get(id) ?? null,
    log: logOf(decisions, id, curation.outdated),
  };
}

function checksOf(item: ReviewItem, row: Row, curation: Curation): Check[] {
  const checks = row.flags.map((code): Check => ({
    code,
    level: code === 'repeat-miss' || code === 'forgotten' ? 'info' : 'warn',
    message: flagSentence(code, row),
  }));
  const unread = item.candidates.filter(({ item: made }) => made.rationale === null).length;
  if (unread > 0) {
    const what = unread === 1 ? 'reply of the teacher' : 'replies of the teacher';
    checks.push({
      code: 'unparsable',
      level: 'info',
      message: `${unread} ${what} could not be read.`,
    });
  }
  const reasons = [
    ['question-fix', 'The question was changed', curation.questions.get(item.id)?.reason],
    ['gold-fix', 'The gold answer was changed', curation.goldFixes.get(item.id)?.reason],
  ] as const;
  for (const [code, what, reason] of reasons) {
    if (reason) checks.push({ code, level: 'info', message: `${what}: ${reason}` });
  }
  return checks;
}

function flagSentence(flag: ItemFlag, row: Row): string {
  switch (flag) {
    case 'gold-in-doubt':
      return row.wrongAnswer === null
        ? `An earlier exam put the gold answer ${row.gold} in doubt: confirm it or fix it.`
        : `The samples agree on ${row.wrongAnswer}: the gold answer ${row.gold} may be wrong. Confirm it or fix it.`;
    case 'attempt-in-doubt':
      return 'An attempt that counts as wrong may be right: say which it is.';
    case 'gate-failed':
      return "None of the teacher's candidates passes the gate.";
    case 'no-candidate':
      return 'There is no rationale to teach yet.';
    case 'right-by-luck':
      return 'A right attempt holds a false equation: it may be right by luck.';
    case 'repeat-miss':
      return `It was missed in ${row.misses} rounds.`;
    case 'question-changed':
      return 'The question was changed: attempts or candidates are about its older text.';
    case 'gold-changed':
      return 'The gold answer was changed in this round: look at the candidates again.';
    case 'forgotten':
      return 'It was right in an earlier round and is missed now.';
  }
}
