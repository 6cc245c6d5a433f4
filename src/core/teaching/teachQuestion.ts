import type { Question } from '../dataset/question.ts';
import { cancelled, isAppError } from '../errors.ts';
import { gradeAnswer } from '../grading/gradeAnswer.ts';
import { sha256Json, sha256Text } from '../hash.ts';
import type { Signal } from '../ports.ts';
import { wordingOf } from '../dataset/choiceLines.ts';
import { answerForm, goldInWords } from './answerForm.ts';
import { gateFeedback, gateRationale, type GateContext, type GateLimits } from './gate.ts';
import { ladderItems, ladderStart, lostDraws, nextStep, rungOf, type Rung } from './ladder.ts';
import { parseJsonReply } from './jsonReply.ts';
import { renderPrompt } from './prompt.ts';
import type { TeachingPurpose, TeacherReply, TeachingItem } from './records.ts';
import { parseReply } from './reply.ts';
import type { Teacher, TeacherRequest } from './teacher.ts';
import { templateOfKind, type PromptTemplate } from './templates.ts';

export interface TeachTask {
  readonly purpose: TeachingPurpose;
  readonly question: Question;
  /** Names the question's text; part of every candidate's identity. See curation/questionText.ts. */
  readonly asked?: string;
  /** Distinct accepted rationales to stop at. */
  readonly wanted: number;
  /** Feedback: the student's wrong text. */
  readonly attempt?: {
    readonly sample: number;
    readonly fingerprint: string;
    readonly text: string;
    /** Of the stored text, where that differs from the one shown. */
    readonly textHash?: string;
  };
  /** What was received for this question before; nothing of it is asked again. */
  readonly previous: readonly TeachingItem[];
  /** Rationales from elsewhere (data set, earlier rounds): the same words again are a duplicate. */
  readonly existingTexts: readonly string[];
  readonly teacher: Teacher;
  readonly template: PromptTemplate;
  readonly limits: GateLimits;
  /** A reviewer's words to the teacher; they start a ladder of their own. */
  readonly hint?: string;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly signal: Signal;
}

export interface TaughtQuestion {
  /** Everything known now: the previous items, then the new ones in order of draw. */
  readonly items: TeachingItem[];
  readonly settled: 'enough' | 'human-queue';
}

/** Whether a teacher's failure concerns this one request only, so that the rest of the run can go on. */
export function isItemFailure(error: unknown): boolean {
  return isAppError(error) && error.code.startsWith('teacher.') && error.detail['scope'] === 'item';
}

/** Runs one question's ladder to its end: enough accepted rationales, or the person's queue with all drafts. */
export async function teachQuestion(task: TeachTask): Promise<TaughtQuestion> {
  const start = ladderStart(task.hint);
  const attemptHash = hashOfAttempt(task);
  const items = [...task.previous];
  for (;;) {
    const ladder = ladderItems(items, task.purpose, start, attemptHash);
    const step = nextStep(ladder, { wanted: task.wanted, start });
    if (step.next !== 'ask') return { items, settled: step.next };
    if (task.signal.aborted) throw cancelled();
    items.push(await takeStep(task, step, before(ladder, step.draw), items));
  }
}

/**
 * Items whose record was lost while the teacher's reply is kept: made again from it, without a call. Those of the
 * question's first ladder too where a hint has started another one.
 */
export function restoredItems(task: TeachTask): TeachingItem[] {
  const { hint, ...plain } = task;
  const items = [...task.previous];
  const ladders: readonly TeachTask[] = hint === undefined ? [plain] : [plain, task];
  for (const one of ladders) {
    const start = ladderStart(one.hint);
    const ofLadder = (): TeachingItem[] =>
      ladderItems(items, one.purpose, start, hashOfAttempt(one));
    for (const draw of lostDraws(ofLadder(), start)) {
      const step = { draw, rung: rungOf(draw - start, one.wanted) };
      const request = requestOf(one, step, before(ofLadder(), draw));
      const reply = one.teacher.stored?.(request);
      if (!reply) continue;
      items.push(judge(one, blankItem(one, step, reply.key), reply, items));
    }
  }
  return items.slice(task.previous.length);
}

/** Takes the next step of a question's ladder and no further one; null when there is none left to take. */
export async function teachOnce(task: TeachTask): Promise<TeachingItem | null> {
  const start = ladderStart(task.hint);
  const ladder = ladderItems(task.previous, task.purpose, start, hashOfAttempt(task));
  const step = nextStep(ladder, { wanted: task.wanted, start });
  return step.next === 'ask'
    ? takeStep(task, step, before(ladder, step.draw), task.previous)
    : null;
}

/** Whether a question still has a call to come. */
export function isOpen(task: TeachTask): boolean {
  const start = ladderStart(task.hint);
  const ladder = ladderItems(task.previous, task.purpose, start, hashOfAttempt(task));
  return nextStep(ladder, { wanted: task.wanted, start }).next === 'ask';
}

/** What the ladder had brought before this draw. */
function before(ladder: readonly TeachingItem[], draw: number): TeachingItem | undefined {
  return ladder.findLast((item) => item.draw < draw);
}

function hashOfAttempt({ attempt }: TeachTask): string | null {
  return attempt === undefined ? null : (attempt.textHash ?? sha256Text(attempt.text));
}

async function takeStep(
  task: TeachTask,
  step: { readonly draw: number; readonly rung: Rung },
  last: TeachingItem | undefined,
  known: readonly TeachingItem[],
): Promise<TeachingItem> {
  const request = requestOf(task, step, last);
  const blank = blankItem(task, step, sha256Json(request));
  let reply: TeacherReply;
  try {
    reply = await task.teacher.ask(request, task.signal);
  } catch (error) {
    // The draw is spent: without an item for it, every later run would pay for the same failure again.
    if (isItemFailure(error)) return { ...blank, reasons: ['unparsable'] };
    throw error;
  }
  return judge(task, { ...blank, key: reply.key }, reply, known);
}

function requestOf(
  task: TeachTask,
  { draw, rung }: { readonly draw: number; readonly rung: Rung },
  last: TeachingItem | undefined,
): TeacherRequest {
  const { question, attempt } = task;
  const shown = rung === 'shown';
  const { template, own } = templateOfKind(task.template, question.kind);
  // The built-in templates say it themselves; one that a person wrote may speak of numbers.
  const form = own ? answerForm(question) : undefined;
  const messages = renderPrompt(template, {
    questionId: question.id,
    draw,
    question: wordingOf(question),
    gold: goldInWords(question),
    showGold: shown,
    ...(attempt
      ? {
          attempt: {
            text: attempt.text,
            answer: gradeAnswer(attempt.text, question).value,
          },
        }
      : {}),
    ...(shown && last ? { mismatch: { answer: last.answer, problems: last.reasons } } : {}),
    ...(task.hint === undefined ? {} : { hint: task.hint }),
    ...(form === undefined ? {} : { form }),
  });
  return {
    purpose: task.purpose,
    questionId: question.id,
    draw,
    messages,
    templateId: template.id,
    templateHash: template.hash,
    temperature: task.temperature,
    maxTokens: task.maxTokens,
    ...(template.form === 'json' ? { form: 'json' } : {}),
  };
}

function blankItem(
  task: TeachTask,
  { draw, rung }: { readonly draw: number; readonly rung: Rung },
  key: string,
): TeachingItem {
  const { purpose, question, attempt, teacher } = task;
  const flags: TeachingItem['flags'] = [];
  if (purpose === 'annotate' && rung === 'shown') flags.push('hinted');
  if (teacher.programmatic) flags.push('programmatic');
  if (rung !== 'plain' || task.hint !== undefined) flags.push('reasked');
  return {
    type: 'item',
    key,
    questionId: question.id,
    purpose,
    draw,
    itemId: itemIdOf(task, null, key),
    rationale: null,
    answer: null,
    firstErrorStep: null,
    errorKind: null,
    why: null,
    ...(task.asked === undefined ? {} : { asked: task.asked }),
    about: attempt
      ? {
          sample: attempt.sample,
          fingerprint: attempt.fingerprint,
          textHash: hashOfAttempt(task) ?? '',
        }
      : null,
    flags,
    accepted: false,
    reasons: [],
  };
}

/** The same words for another text of the question are another candidate: no decision carries over. */
function itemIdOf(task: TeachTask, rationale: string | null, key?: string): string {
  const { purpose, question, asked } = task;
  return sha256Json(
    [question.id, purpose, rationale, key, asked].filter((part) => part !== undefined),
  );
}

function judge(
  task: TeachTask,
  blank: TeachingItem,
  reply: TeacherReply,
  known: readonly TeachingItem[],
): TeachingItem {
  const { purpose, question, attempt } = task;
  const flags: TeachingItem['flags'] =
    task.teacher.drifted?.(reply) === true ? [...blank.flags, 'modelDrift'] : blank.flags;
  const read = task.template.form === 'json' ? parseJsonReply : parseReply;
  const parsed = read(purpose, reply.text);
  if (!parsed.ok) {
    const drafted = parsed.draft === null ? {} : { itemId: itemIdOf(task, parsed.draft) };
    return { ...blank, ...drafted, flags, rationale: parsed.draft, reasons: [parsed.problem] };
  }
  const context: GateContext = {
    question: question.question,
    gold: question,
    limits: task.limits,
    existingTexts: [
      ...task.existingTexts,
      // A refused text teaches nothing: the same words in a reply that is in order are no repetition.
      ...known.flatMap(({ accepted, rationale }) =>
        accepted && rationale !== null ? [rationale] : [],
      ),
    ],
  };
  const reasons = attempt
    ? gateFeedback(parsed.reply, attempt.text, context)
    : gateRationale(parsed.reply.rationale, context);
  return {
    ...blank,
    ...parsed.reply,
    flags,
    itemId: itemIdOf(task, parsed.reply.rationale),
    accepted: reasons.length === 0,
    reasons,
  };
}
