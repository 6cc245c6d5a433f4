import type { Question } from '../dataset/question.ts';
import { sha256Text } from '../hash.ts';
import type { TeachingPurpose, TeachingItem } from '../teaching/records.ts';
import type { TeachTask } from '../teaching/teachQuestion.ts';
import { rationaleOfAttempt } from '../exam/promptForm.ts';
import { attemptForFeedback, settledVerdict, type GradedAttempt } from '../curation/negatives.ts';
import { isAbout, questionNow, textName } from '../curation/questionText.ts';
import { curationUpTo } from './curationUpTo.ts';
import { trainQuestions } from './exam.ts';
import { gradedTrainAttempts } from './gradedTrain.ts';
import type { LoopPorts, OpenTeacher } from './ports.ts';
import type { RoundState } from './state.ts';

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

/** What a round's teaching is about, before anyone is asked. */
export interface TeachingPlan {
  readonly purpose: TeachingPurpose;
  readonly tasks: readonly TeachingTask[];
  /** Items that were already received for a task. */
  known(task: TeachingTask): readonly TeachingItem[];
  /** The task as one question to the teacher. */
  asTask(task: TeachingTask, open: OpenTeacher): Promise<TeachTask>;
}

export async function planTeaching(
  ports: LoopPorts,
  { round }: RoundState,
  options: { readonly purpose?: TeachingPurpose } = {},
): Promise<TeachingPlan> {
  const { store } = ports;
  const { teaching, gate } = store.project;
  const purpose = options.purpose ?? (round === 0 ? 'annotate' : 'feedback');
  const curation = await curationUpTo(store, round);
  const questions = (await trainQuestions(ports, curation)).map((question) =>
    questionNow(question, curation),
  );
  const graded = await gradedTrainAttempts(store, round, curation);
  const previous = itemsByQuestion(await store.items(round));
  const earlier = await earlierItems(ports, round);
  const ofThisText = (
    items: Map<string, TeachingItem[]>,
    question: Question,
  ): readonly TeachingItem[] =>
    (items.get(question.id) ?? []).filter(({ asked }) => isAbout(asked, question, curation));
  const known = ({ question }: TeachingTask): readonly TeachingItem[] =>
    ofThisText(previous, question);
  return {
    purpose,
    tasks: teachingTasks(purpose, questions, graded, curation),
    known,
    asTask: async (task, open) => {
      const { question, about } = task;
      const hint = curation.hints.get(question.id);
      return {
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
        previous: known(task),
        existingTexts: ofThisText(earlier, question).map(({ rationale }) => rationale ?? ''),
        teacher: open.teacher,
        template: (await ports.templates())[purpose],
        limits: gate,
        asked: textName(question, curation),
        ...(hint === undefined ? {} : { hint }),
        temperature: teaching.temperature,
        maxTokens: teaching.maxTokens,
        signal: ports.signal,
      };
    },
  };
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
