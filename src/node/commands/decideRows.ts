import * as z from 'zod';
import { gateSentences } from '../../core/curation/checkSentences.ts';
import type { Decision } from '../../core/curation/decision.ts';
import { nameOfWording, questionNow } from '../../core/curation/questionText.ts';
import type { Question } from '../../core/dataset/question.ts';
import { AppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import { rationaleOfAttempt } from '../../core/exam/promptForm.ts';
import { goldProblem, isNumber } from '../../core/grading/gradeAnswer.ts';
import { spelledGold } from '../../core/grading/spelledGold.ts';
import { sha256Text } from '../../core/hash.ts';
import { curationUpTo } from '../../core/round/curationUpTo.ts';
import { gradedTrainAttempts } from '../../core/round/gradedTrain.ts';
import { gateRationale } from '../../core/teaching/gate.ts';
import type { TeachingItem } from '../../core/teaching/records.ts';
import { normaliseRationale, splitSteps } from '../../core/teaching/steps.ts';
import { person } from '../session/person.ts';
import type { Session } from '../session/session.ts';

/** A row of `tailor decide edit FILE`. */
export const editRowSchema = z.union([
  z.strictObject({
    itemId: z.string(),
    rationale: z.string().min(1),
    reason: z.string().optional(),
  }),
  z.strictObject({
    questionId: z.string(),
    rationale: z.string().min(1),
    reason: z.string().optional(),
  }),
  z.strictObject({ questionId: z.string(), gold: z.string().min(1), reason: z.string().min(1) }),
  z.strictObject({
    questionId: z.string(),
    question: z.string().trim().min(1),
    reason: z.string().trim().min(1),
  }),
  z.strictObject({ questionId: z.string(), hint: z.string().min(1) }),
  z.strictObject({
    questionId: z.string(),
    leaveOut: z.literal(true),
    reason: z.string().optional(),
  }),
  z.strictObject({
    questionId: z.string(),
    sample: z.number().int().min(0),
    step: z.number().int().min(1),
    kind: z.string().trim().min(1),
    reason: z.string().optional(),
  }),
  z.strictObject({
    questionId: z.string(),
    sample: z.number().int().min(0),
    verdict: z.enum(['right', 'wrong']),
    reason: z.string().optional(),
  }),
  z.strictObject({
    questionId: z.string(),
    sample: z.number().int().min(0),
    pair: z.enum(['keep', 'drop']),
    reason: z.string().optional(),
  }),
]);

/** Each item once: a teacher that writes the same text twice has written one, which passed if any of its replies did. */
export function eachOnce(items: readonly TeachingItem[]): readonly TeachingItem[] {
  const byId = new Map<string, TeachingItem>();
  for (const item of items) {
    const before = byId.get(item.itemId);
    if (before === undefined || (item.accepted && !before.accepted)) byId.set(item.itemId, item);
  }
  return [...byId.values()];
}

/** The items of that id, which may be shortened. */
export function named(known: readonly TeachingItem[], name: string): readonly TeachingItem[] {
  return eachOnce(known).filter(
    ({ itemId }) => itemId === name || (name.length >= 8 && itemId.startsWith(name)),
  );
}

/** The decision that a row of the file means. */
export async function decisionOf(
  session: Session,
  round: number,
  row: string,
  where: string,
  /** Question texts that earlier rows of the file have fixed; this row's is added. */
  fixed: Map<string, string>,
): Promise<Decision> {
  const bad = (why: Sentence): AppError =>
    new AppError('data.invalid', sentence`${where} is no decision: ${why}.`, {
      hint: sentence`The forms are listed in docs/command-line.md.`,
    });
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    throw bad(sentence`it is not valid JSON`);
  }
  const parsed = editRowSchema.safeParse(value);
  if (!parsed.success) throw bad(sentence`its fields fit none of the forms`);
  const data = parsed.data;
  const author = person();
  const reason = 'reason' in data && data.reason !== undefined ? { reason: data.reason } : {};
  if ('itemId' in data) {
    const matching = named(await session.store.items(round), data.itemId);
    const [item] = matching;
    if (!item) throw bad(sentence`round ${round} has no item ${data.itemId}`);
    if (matching.length > 1) throw bad(sentence`${data.itemId} names ${matching.length} items`);
    const { itemId, questionId } = item;
    const rationale = textOf(data.rationale, bad);
    const about = await wordedNow(session, round, questionId, fixed);
    const asked = about === undefined ? {} : { asked: nameOfWording(about) };
    return { type: 'edit', author, ...reason, itemId, questionId, ...asked, rationale };
  }
  const question = (await session.store.questions('train')).find(
    ({ id }) => id === data.questionId,
  );
  if (!question) throw bad(sentence`there is no training question ${data.questionId}`);
  const questionId = question.id;
  const worded = (await wordedNow(session, round, questionId, fixed)) ?? question;
  const { question: wording } = worded;
  const asked = nameOfWording(worded);
  if ('rationale' in data) {
    const rationale = textOf(data.rationale, bad);
    return { type: 'write', author, ...reason, questionId, asked, rationale };
  }
  if ('hint' in data) return { type: 'hint', author, questionId, hint: data.hint };
  if ('leaveOut' in data) return { type: 'leave-out', author, ...reason, questionId };
  const curation = await curationUpTo(session.store, round);
  const now = questionNow(question, curation);
  if ('question' in data) {
    if (data.question === wording) throw bad(sentence`that is the text of the question already`);
    const { question: text, reason: why } = data;
    fixed.set(questionId, text);
    return { type: 'fix-question', author, questionId, was: wording, text, reason: why };
  }
  if ('gold' in data) {
    // Against a gold that is no number nothing could ever be right, and nobody would be told.
    const problem = goldProblem(now.kind, data.gold, now.choices);
    if (problem !== null && isNumber(now))
      throw bad(sentence`${JSON.stringify(data.gold)} is not one number`);
    if (problem !== null) throw bad(sentence`the answer ${problem}`);
    return {
      type: 'fix-gold',
      author,
      ...reason,
      questionId,
      asked,
      was: now.answer,
      answer: spelledGold(now.kind, data.gold),
    };
  }
  const graded = (await gradedTrainAttempts(session.store, round, curation)).find(
    ({ attempt }) => attempt.questionId === questionId && attempt.sample === data.sample,
  );
  if (!graded) throw bad(sentence`round ${round} has no sample ${data.sample} of ${questionId}`);
  const { fingerprint, text, sample } = graded.attempt;
  const about = { questionId, sample, fingerprint, textHash: sha256Text(text) };
  if ('step' in data) {
    const steps = splitSteps(rationaleOfAttempt(text)).length;
    // A step that is missing at the end stands behind the last one.
    if (data.step > steps + 1) throw bad(sentence`sample ${sample} has ${steps} steps`);
    const { step: at, kind: errorKind } = data;
    return { type: 'first-error', author, ...reason, ...about, step: at, errorKind };
  }
  if ('verdict' in data) return { type: `attempt-${data.verdict}`, author, ...reason, ...about };
  return { type: `pair-${data.pair}`, author, ...reason, ...about };
}

/** The question as it is worded behind the rows before; nothing where the data has no such question. */
async function wordedNow(
  { store }: Session,
  round: number,
  questionId: string,
  fixed: ReadonlyMap<string, string>,
): Promise<Question | undefined> {
  const own = (await store.questions('train')).find(({ id }) => id === questionId);
  if (!own) return undefined;
  const text = fixed.get(questionId) ?? questionNow(own, await curationUpTo(store, round)).question;
  return { ...own, question: text };
}

/** A person's rationale in the form that is taught: line ends and blank lines folded, no white space around it. */
function textOf(rationale: string, bad: (why: Sentence) => AppError): string {
  const text = normaliseRationale(rationale);
  if (text === '') throw bad(sentence`its rationale is empty`);
  return text;
}

/** What the gate holds against each decision's own text, in words; a person may overrule it, but not unawares. */
export async function doubtsAbout(
  session: Session,
  round: number,
  decisions: readonly Decision[],
): Promise<(Sentence | null)[]> {
  const curation = await curationUpTo(session.store, round);
  const questions = new Map(
    (await session.store.questions('train')).map((one) => [one.id, questionNow(one, curation)]),
  );
  const fixed = new Map(
    decisions.flatMap((one) => (one.type === 'fix-gold' ? [[one.questionId, one.answer]] : [])),
  );
  return decisions.map((decision) => {
    if (decision.type !== 'edit' && decision.type !== 'write') return null;
    const question = questions.get(decision.questionId);
    if (!question) return null;
    const reasons = gateRationale(decision.rationale, {
      question: question.question,
      gold: { ...question, answer: fixed.get(question.id) ?? question.answer },
      limits: session.store.project.gate,
      existingTexts: [],
    });
    return reasons.length === 0 ? null : gateSentences(reasons);
  });
}
