import type { Question } from '../dataset/question.ts';
import type { Attempt } from '../exam/attempt.ts';
import type { Suspect } from '../teaching/records.ts';
import { bareLetter, placeOf } from '../dataset/choiceLetter.ts';
import { foldText } from './fold.ts';
import { numbersIn, type NumberToken } from './numbers.ts';
import { equalRational, type Rational } from './rational.ts';
import { readGold } from './gold.ts';
import { isNumber } from './gradeAnswer.ts';
import { isFoundIn } from './pattern.ts';
import { holdsPhrase } from './phrase.ts';
import type { Grade, Suspicion } from './verdict.ts';

/** So many samples with one other answer, or all when there are fewer, put the gold in doubt. Never one alone. */
const AGREEING_SAMPLES = 3;
const FEWEST_AGREEING = 2;

interface Graded {
  readonly attempt: Attempt;
  readonly grade: Grade;
}

function holds(token: NumberToken, values: readonly Rational[]): boolean {
  return token.readings.some((a) => values.some((b) => equalRational(a, b)));
}

function mentions(text: string, values: readonly Rational[]): boolean {
  const folded = foldText(text);
  for (const token of numbersIn(folded, 0, folded.length)) {
    if (holds(token, values)) return true;
  }
  return false;
}

/** Whether the text works the gold out: it stands behind an equals sign. */
function derives(text: string, values: readonly Rational[]): boolean {
  const folded = foldText(text);
  for (const token of numbersIn(folded, 0, folded.length)) {
    const before = folded.slice(Math.max(0, token.start - 4), token.start);
    if (/[=≈][ $]*$/u.test(before) && holds(token, values)) return true;
  }
  return false;
}

/** Whether a text names a gold that is no number, in other words than a verdict reads. */
function namesGold(text: string, { kind, answer, choices, question }: Question): boolean {
  if (kind === 'choice') {
    // Attempts weigh choices by their texts; a letter in brackets is a pick.
    const letter = bareLetter(answer);
    const last = text.trimEnd().slice(-2000).split('\n').at(-1) ?? '';
    const said = choices?.[placeOf(letter)];
    const isPicked = new RegExp(String.raw`\( ?${letter} ?\)`, 'iu').test(foldText(text));
    return isPicked || (said !== undefined && holdsPhrase(last, said));
  }
  if (kind === 'regex') return !isFoundIn(answer, question) && isFoundIn(answer, text);
  // "no" stands in many a sentence.
  return kind === 'exact' && !holdsPhrase(question, answer) && holdsPhrase(text, answer);
}

function agreedAnswer(graded: readonly Graded[], { kind }: Question): string | null {
  const fewest = Math.max(FEWEST_AGREEING, Math.min(AGREEING_SAMPLES, graded.length));
  // Of two answers most samples agree on one by themselves.
  const needed = kind === 'yes-no' ? Math.max(AGREEING_SAMPLES, graded.length) : fewest;
  const counts = new Map<string, number>();
  for (const { grade } of graded) {
    if (grade.verdict !== 'wrong' || grade.value === null) continue;
    const count = (counts.get(grade.value) ?? 0) + 1;
    counts.set(grade.value, count);
    if (count >= needed) return grade.value;
  }
  return null;
}

/**
 * The grader audit of one question (method.md §6): the attempts that are perhaps not wrong, each with every reason.
 * A plain `no-answer` is not listed, because it can never be a negative; one in which the gold is found by the
 * lenient rule is, because a person may settle it. `graded` are all samples of one exam.
 */
export function auditAttempts(question: Question, graded: readonly Graded[]): Suspect[] {
  const isNumeric = isNumber(question);
  const values = (isNumeric ? readGold(question.answer)?.readings : undefined) ?? [];
  // A gold that stands in the question is copied into most attempts and says nothing by standing in one.
  const inQuestion = mentions(question.question, values);
  const agreed = agreedAnswer(graded, question);
  return graded.flatMap(({ attempt, grade }): Suspect[] => {
    if (grade.verdict === 'right') return [];
    const lenient = grade.lenient === 'right';
    if (grade.verdict === 'no-answer' && !lenient) return [];
    const { text, finish } = attempt;
    const reasons: Suspicion[] = [];
    if (lenient) reasons.push('lenient-right');
    const isElsewhere = isNumeric
      ? inQuestion
        ? derives(text, values)
        : mentions(text, values)
      : namesGold(text, question);
    if (isElsewhere) reasons.push('gold-elsewhere');
    if (agreed !== null && grade.verdict === 'wrong') {
      // Where the gold is in doubt, so is every verdict on the question, and not that of the majority alone.
      reasons.push(grade.value === agreed ? 'suspect-gold' : 'gold-in-doubt');
    }
    if (finish === 'length') reasons.push('truncated');
    if (finish === 'loop') reasons.push('loop');
    if (text.trim() === '') reasons.push('empty');
    if (grade.verdict === 'no-answer') reasons.push('no-answer');
    if (reasons.length === 0) return [];
    const { questionId, set, sample, fingerprint } = attempt;
    return [{ questionId, set, sample, fingerprint, reasons }];
  });
}
