import { AppError, cancelled, isAppError } from '../errors.ts';
import type { Question } from '../dataset/question.ts';
import type { TeachingItem } from '../teaching/records.ts';
import { sha256Text } from '../hash.ts';
import { teachQuestion, type TaughtQuestion } from '../teaching/teachQuestion.ts';
import { rationaleOfAttempt } from '../exam/promptForm.ts';
import { attemptForFeedback, settledVerdict, type GradedAttempt } from '../curation/negatives.ts';
import { askedOf, questionNow } from '../curation/questionText.ts';
import { curationUpTo } from './curationUpTo.ts';
import { trainQuestions } from './exam.ts';
import { gradedTrainAttempts } from './gradedTrain.ts';
import type { LoopPorts, OpenTeacher } from './ports.ts';
import { reduceRound, type RoundState } from './state.ts';

export interface TeachingTask {
  readonly question: Question;
  readonly about?: GradedAttempt;
}

/** Round 0 asks about every training question, later rounds about each question with a wrong attempt (method §7). */
export function teachingTasks(
  purpose: 'annotate' | 'feedback',
  questions: readonly Question[],
  graded: readonly GradedAttempt[],
  curation: Parameters<typeof attemptForFeedback>[1],
): TeachingTask[] {
  if (purpose === 'annotate') return questions.map((question) => ({ question }));
  const byQuestion = new Map<string, GradedAttempt[]>();
  for (const one of graded) {
    const list = byQuestion.get(one.attempt.questionId);
    if (list) list.push(one);
    else byQuestion.set(one.attempt.questionId, [one]);
  }
  const rightShare = (id: string): number => {
    const attempts = byQuestion.get(id) ?? [];
    const right = attempts.filter((one) => settledVerdict(one, curation) === 'right').length;
    return attempts.length === 0 ? 1 : right / attempts.length;
  };
  return questions
    .flatMap((question) => {
      const about = attemptForFeedback(byQuestion.get(question.id) ?? [], curation);
      return about ? [{ question, about }] : [];
    })
    .sort((a, b) => rightShare(a.question.id) - rightShare(b.question.id));
}

/** Asks the teacher about every task of the round, several at a time; each item is on disk before it counts. */
export async function teachRound(
  ports: LoopPorts,
  initial: RoundState,
  options: { purpose?: 'annotate' | 'feedback' } = {},
): Promise<RoundState> {
  const { store, signal } = ports;
  const round = initial.round;
  const purpose = options.purpose ?? (round === 0 ? 'annotate' : 'feedback');
  const curation = await curationUpTo(store, round);
  const questions = (await trainQuestions(ports, curation)).map((question) =>
    questionNow(question, curation),
  );
  const graded = await gradedTrainAttempts(store, round, curation);
  const tasks = teachingTasks(purpose, questions, graded, curation);
  const previous = itemsByQuestion(await store.items(round));
  const earlier = await earlierItems(ports, round);

  const open = await ports.openTeacher(round);
  const writer = await store.openTeaching(round);
  const tally = { accepted: 0, humanQueue: 0 };
  const started = ports.clock.now();
  let done = 0;
  const settle = async (task: TeachingTask): Promise<void> => {
    const id = task.question.id;
    const asked = askedOf(id, curation);
    const forThis = (item: TeachingItem): boolean => item.asked === asked;
    const known = (previous.get(id) ?? []).filter(forThis);
    const result = await askAbout(ports, open, purpose, task, {
      known,
      asked,
      texts: (earlier.get(id) ?? []).filter(forThis).map(({ rationale }) => rationale ?? ''),
      hint: curation.hints.get(id),
    });
    const stored = new Set(known.map(({ key }) => key));
    for (const item of result.items) if (!stored.has(item.key)) await writer.append(item);
    tally.accepted += result.items.filter(({ accepted }) => accepted).length;
    tally.humanQueue += result.settled === 'human-queue' ? 1 : 0;
    done += 1;
    const pace = (ports.clock.now() - started) / done;
    const etaMs = Math.round(pace * (tasks.length - done));
    ports.report({ stage: `teaching (${purpose})`, done, total: tasks.length, etaMs });
  };
  try {
    await inParallel(tasks, open.concurrency, settle, () => signal.aborted);
  } finally {
    await writer.close();
    await open.close();
  }
  if (signal.aborted) throw cancelled();
  const state = reduceRound(initial, {
    type: 'taught',
    purpose,
    profile: open.teacher.profile,
    programmatic: open.teacher.programmatic,
    questions: tasks.length,
    ...tally,
  });
  await store.saveState(state);
  return state;
}

async function askAbout(
  ports: LoopPorts,
  open: OpenTeacher,
  purpose: 'annotate' | 'feedback',
  { question, about }: TeachingTask,
  before: {
    known: readonly TeachingItem[];
    asked: string | undefined;
    texts: readonly string[];
    hint: string | undefined;
  },
): Promise<TaughtQuestion> {
  const { teaching, gate } = ports.store.project;
  const templates = await ports.templates();
  return teachQuestion({
    purpose,
    question,
    wanted: purpose === 'annotate' ? teaching.rationales : 1,
    ...(about
      ? {
          attempt: {
            sample: about.attempt.sample,
            fingerprint: about.attempt.fingerprint,
            text: rationaleOfAttempt(about.attempt.text),
            textHash: sha256Text(about.attempt.text),
          },
        }
      : {}),
    previous: before.known,
    existingTexts: before.texts,
    teacher: open.teacher,
    template: templates[purpose],
    limits: gate,
    ...(before.asked === undefined ? {} : { asked: before.asked }),
    ...(before.hint === undefined ? {} : { hint: before.hint }),
    temperature: teaching.temperature,
    maxTokens: teaching.maxTokens,
    signal: ports.signal,
  });
}

/** What earlier rounds already teach: the same words again are a duplicate. */
async function earlierItems(ports: LoopPorts, round: number): Promise<Map<string, TeachingItem[]>> {
  const items: TeachingItem[] = [];
  for (let r = 0; r < round; r += 1) {
    items.push(
      ...(await ports.store.items(r)).filter(
        ({ accepted, rationale }) => accepted && rationale !== null,
      ),
    );
  }
  return itemsByQuestion(items);
}

function itemsByQuestion(items: readonly TeachingItem[]): Map<string, TeachingItem[]> {
  const byQuestion = new Map<string, TeachingItem[]>();
  for (const item of items) {
    const list = byQuestion.get(item.questionId);
    if (list) list.push(item);
    else byQuestion.set(item.questionId, [item]);
  }
  return byQuestion;
}

/** Works through `tasks` with `width` at a time; the first failure stops the hand-out and is thrown at the end. */
async function inParallel<T>(
  tasks: readonly T[],
  width: number,
  work: (task: T) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  let next = 0;
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (failures.length === 0 && !stopped()) {
      const task = tasks[next];
      next += 1;
      if (task === undefined) return;
      try {
        await work(task);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, width) }, worker));
  const first = failures.find((error) => !isAppError(error, 'cancelled')) ?? failures[0];
  if (first instanceof Error) throw first;
  if (first !== undefined) throw new AppError('unexpected', 'Teaching failed.', { cause: first });
}
