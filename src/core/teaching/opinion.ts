import { wordingOf } from '../dataset/choiceLines.ts';
import type { Question } from '../dataset/question.ts';
import { cancelled } from '../errors.ts';
import { sha256Json, sha256Text } from '../hash.ts';
import type { Signal } from '../ports.ts';
import { goldInWords } from './answerForm.ts';
import { DRAWS_BEYOND_WANTED } from './ladder.ts';
import { parseOpinion } from './opinionReply.ts';
import { renderPrompt } from './prompt.ts';
import type { Opinion, TeacherReply } from './records.ts';
import { isItemFailure } from './teachQuestion.ts';
import type { Teacher, TeacherRequest } from './teacher.ts';
import { templateOfKind, type PromptTemplate } from './templates.ts';

/** One rationale that a teacher is to judge. */
export interface OpinionTask {
  /** As it counts now: text and gold after fixes. */
  readonly question: Question;
  /** Names the question's text; see curation/questionText.ts. */
  readonly asked: string;
  readonly itemId: string;
  readonly text: string;
  /** What this teacher said of this very text before: its draws are not used again. */
  readonly previous: readonly Opinion[];
  readonly teacher: Teacher;
  readonly template: PromptTemplate;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly signal: Signal;
}

/** Asks until a score can be read, at most as often as for a rationale; one record for each draw. */
export async function askOpinion(task: OpinionTask): Promise<Opinion[]> {
  const start = nextDraw(task);
  const opinions: Opinion[] = [];
  for (let draw = start; draw <= start + DRAWS_BEYOND_WANTED; draw += 1) {
    if (task.signal.aborted) throw cancelled();
    const { opinion, final } = await drawOpinion(task, draw);
    opinions.push(opinion);
    if (final) break;
  }
  return opinions;
}

/** What is written down where the server would not answer. */
const REFUSED = 'the request failed';

/**
 * Whether this teacher has given no readable score of this text as often as it is asked with this template, or its server
 * will not answer: asking once more would be paid for once more.
 */
export function isAskedOut({
  previous,
  question,
  template: whole,
}: Pick<OpinionTask, 'previous' | 'question' | 'template'>): boolean {
  const { id, hash } = templateOfKind(whole, question.kind).template;
  const inVain = previous.filter(
    (one) => one.score === null && one.templateId === id && one.templateHash === hash,
  );
  return inVain.length > DRAWS_BEYOND_WANTED || inVain.some(({ reason }) => reason === REFUSED);
}

/** The first draw that this teacher has not answered about this text: asking again never overwrites. */
export function nextDraw({ previous }: Pick<OpinionTask, 'previous'>): number {
  return Math.max(-1, ...previous.map(({ draw }) => draw)) + 1;
}

/** One draw. Final where it has a score, and where the server will not answer this request however often it is asked. */
export async function drawOpinion(
  task: OpinionTask,
  draw: number,
): Promise<{ readonly opinion: Opinion; readonly final: boolean }> {
  const request = requestOf(task, draw);
  const { question, asked, itemId, text, teacher } = task;
  const { templateId, templateHash } = request;
  const blank = {
    type: 'opinion',
    questionId: question.id,
    purpose: 'review',
    draw,
    itemId,
    textHash: sha256Text(text),
    asked,
    gold: goldInWords(question),
    profile: teacher.profile,
    programmatic: teacher.programmatic,
    templateId,
    templateHash,
  } as const;
  let reply: TeacherReply;
  try {
    reply = await teacher.ask(request, task.signal);
  } catch (error) {
    if (!isItemFailure(error)) throw error;
    const refused = { key: sha256Json(request), score: null, reason: REFUSED };
    return { opinion: { ...blank, ...refused }, final: true };
  }
  const parsed = parseOpinion(task.template.form, reply.text);
  const { score, reason } = parsed.ok ? parsed : { score: null, reason: parsed.because };
  return { opinion: { ...blank, key: reply.key, score, reason }, final: parsed.ok };
}

function requestOf(task: OpinionTask, draw: number): TeacherRequest {
  const { question } = task;
  const { template } = templateOfKind(task.template, question.kind);
  return {
    purpose: 'review',
    questionId: question.id,
    draw,
    messages: renderPrompt(template, {
      questionId: question.id,
      draw,
      question: wordingOf(question),
      gold: goldInWords(question),
      showGold: true,
      rationale: task.text,
    }),
    templateId: template.id,
    templateHash: template.hash,
    temperature: task.temperature,
    maxTokens: task.maxTokens,
    ...(template.form === 'json' ? { form: 'json' } : {}),
  };
}
