import type { AttemptView, Check, ReviewRecord, StepView } from '../../shared/reviewRecord.ts';
import { wordingOf } from '../dataset/choiceLines.ts';
import { rationaleOfAttempt } from '../exam/promptForm.ts';
import { falseEquations } from '../teaching/arithmetic.ts';
import { rationaleKey } from '../teaching/steps.ts';
import { firstDivergence, stepViews } from '../teaching/stepView.ts';
import { isTaught, type Candidate } from './candidates.ts';
import { isGoldConfirmed, keyOfAttempt, type Curation } from './curation.ts';
import type { GradedAttempt } from './negatives.ts';
import { pairReason } from './pairReason.ts';
import { questionNow } from './questionText.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';
import { isGoldInDoubt, missesGold, pairOf } from './reviewRow.ts';
import type { CurationSay } from './say.ts';

const ORDER = { wrong: 0, 'no-answer': 1, right: 2 } as const;

/** The item's attempts, identical texts once, wrong ones first. */
export function attemptViews(
  item: ReviewItem,
  curation: Curation,
  candidates: readonly Candidate[],
  stepsOf: ReadonlyMap<string, readonly StepView[]>,
  say: CurationSay,
): AttemptView[] {
  const attempts = attemptsNow(item, curation);
  const question = wordingOf(questionNow(item.question, curation));
  const block = {
    goldInDoubt: isGoldInDoubt(item, curation),
    missesGold: missesGold(item, candidates, curation),
  };
  const taught = new Set(
    candidates.filter((one) => isTaught(one, item, curation)).map(({ text }) => rationaleKey(text)),
  );
  const byText = new Map<string, GradedAttempt[]>();
  for (const one of attempts) {
    const same = byText.get(one.attempt.text);
    if (same) same.push(one);
    else byText.set(one.attempt.text, [one]);
  }
  const views = [...byText.values()].flatMap((same): AttemptView[] => {
    const [one] = same;
    if (!one) return [];
    const { attempt, grade } = one;
    const rationale = rationaleOfAttempt(attempt.text);
    const steps = stepViews(rationale, question);
    const settled = wordOn(one, curation);
    const identical = taught.has(rationaleKey(rationale));
    const pair = pairOf(one, curation, block);
    const kept = pair === 'keep' && identical ? 'blocked' : pair;
    const stands = settled ?? grade.verdict;
    return [
      {
        sample: attempt.sample,
        times: same.length,
        text: attempt.text,
        steps,
        diverges: Object.fromEntries(
          candidates.map(({ id }) => [
            id,
            stands === 'right' ? null : firstDivergence(steps, stepsOf.get(id) ?? []),
          ]),
        ),
        answer: grade.value,
        verdict: grade.verdict,
        settled,
        checks: checksOf(one, settled, isGoldConfirmed(curation, item.id, one.gold), say),
        pair: kept,
        pairReason:
          kept === 'blocked' ? pairReason(one, curation, { ...block, identical }, say) : null,
        firstError: curation.attemptsDecided.has(item.id)
          ? (curation.firstErrors.get(keyOfAttempt(attempt)) ?? null)
          : null,
      },
    ];
  });
  const rank = (view: AttemptView): number => ORDER[view.settled ?? view.verdict];
  return views.sort((a, b) => rank(a) - rank(b) || b.times - a.times || a.sample - b.sample);
}

function wordOn({ attempt }: GradedAttempt, curation: Curation): 'right' | 'wrong' | null {
  if (!curation.attemptsDecided.has(attempt.questionId)) return null;
  return curation.attempts.get(keyOfAttempt(attempt)) ?? null;
}

function checksOf(
  { attempt, grade, suspicions, stale }: GradedAttempt,
  settled: 'right' | 'wrong' | null,
  goldConfirmed: boolean,
  say: CurationSay,
): Check[] {
  const checks: Check[] = [];
  if (stale === true) {
    const message = say('attempt.older');
    checks.push({ code: 'question-changed', level: 'warn', message });
  }
  for (const code of suspicions) {
    const aboutGold = code === 'suspect-gold' || code === 'gold-in-doubt';
    const shared = aboutGold && goldConfirmed;
    if (shared && code === 'gold-in-doubt') continue;
    checks.push({
      code,
      level: settled === null && !shared ? 'warn' : 'info',
      message: say(shared ? 'doubt.shared' : `doubt.${code}`),
    });
  }
  for (const code of grade.flags) {
    if (suspicions.some((doubt) => doubt === code)) continue;
    checks.push({ code, level: 'info', message: say(`attempt.${code}`) });
  }
  const [first] = falseEquations(attempt.text);
  if (first) {
    const byLuck = grade.verdict === 'right';
    checks.push({
      code: byLuck ? 'right-by-luck' : 'arithmetic',
      level: byLuck ? 'warn' : 'info',
      message: say(byLuck ? 'attempt.luck' : 'attempt.arithmetic', first.text),
    });
  }
  return checks;
}

/** The answers of this round with their counts, most frequent first. */
export function answersOf(attempts: readonly GradedAttempt[]): ReviewRecord['answers'] {
  const answers = new Map<string | null, { count: number; right: boolean }>();
  for (const { grade } of attempts) {
    const known = answers.get(grade.value);
    if (known) known.count += 1;
    else answers.set(grade.value, { count: 1, right: grade.verdict === 'right' });
  }
  return [...answers]
    .map(([answer, { count, right }]) => ({ answer, count, right }))
    .sort((a, b) => b.count - a.count);
}
