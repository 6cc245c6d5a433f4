import type { Curation } from '../curation/curation.ts';
import { isAbout, NO_FIXES, textName, withTextNow, type Fixes } from '../curation/questionText.ts';
import { AppError, cancelled } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { sha256Text } from '../hash.ts';
import { normaliseQuestion, type Question } from '../dataset/question.ts';
import type { Attempt, ExamItem, Sampling } from '../exam/attempt.ts';
import { examFormOf, type ExamForm } from '../exam/examForm.ts';
import { examFingerprint } from '../exam/fingerprint.ts';
import { promptFormOf, promptOf } from '../exam/promptForm.ts';
import { TEST_SET } from './looks.ts';
import { curationUpTo } from './curationUpTo.ts';
import type { LoopPorts } from './ports.ts';
import type { ProjectFile } from '../project/projectFile.ts';
import type { RoundStore } from './store.ts';

export interface ExamPlan {
  readonly set: string;
  readonly questions: readonly Question[];
  readonly samples: number;
  readonly sampling: Sampling;
  readonly seed: string;
  readonly fingerprint: string;
  readonly form: ExamForm;
  /** What was fixed of the questions; their texts are the ones that count. */
  readonly fixes: Fixes;
  /** A frozen round keeps the texts it was asked, whatever was changed since. */
  readonly settled: boolean;
}

const GREEDY: Sampling = { temperature: 0, topK: 1, topP: 1 };

/** The same questions in every round, chosen by hash, in file order; all of them without a limit. */
export function chooseByHash(questions: readonly Question[], limit?: number): readonly Question[] {
  if (limit === undefined || limit >= questions.length) return questions;
  const chosen = new Set(
    questions
      .map(({ id }) => ({ id, rank: sha256Text(id) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, limit)
      .map(({ id }) => id),
  );
  return questions.filter(({ id }) => chosen.has(id));
}

/** The questions of every set that is never trained on, by id and by text. */
export async function heldOut({ store }: Pick<LoopPorts, 'store'>): Promise<{
  has(question: Pick<Question, 'id' | 'question'>): boolean;
}> {
  const ids = new Set<string>();
  const texts = new Set<string>();
  const { extra, test } = store.project.data;
  const sets = ['dev', ...Object.keys(extra), ...(test === undefined ? [] : [TEST_SET])];
  for (const set of sets) {
    for (const { id, question } of await store.questions(set)) {
      ids.add(id);
      texts.add(normaliseQuestion(question));
    }
  }
  return { has: ({ id, question }) => ids.has(id) || texts.has(normaliseQuestion(question)) };
}

/**
 * The questions that are examined, taught and trained on, with the texts that count by `curation`; one that also
 * stands in a held-out set, or was fixed to a text that does, is not.
 */
export async function trainQuestions(
  ports: Pick<LoopPorts, 'store'>,
  curation: Pick<Curation, 'questions'>,
): Promise<readonly Question[]> {
  const kept = await heldOut(ports);
  const own = (await ports.store.questions('train')).filter((question) => !kept.has(question));
  const chosen = chooseByHash(own, ports.store.project.exam.trainLimit);
  if (curation.questions.size === 0) return chosen;
  return chosen
    .map((question) => withTextNow(question, curation))
    .filter((question) => !kept.has(question));
}

/** What an exam of one set consists of: training questions are sampled N times, every other set is greedy. */
export async function planExam(
  ports: Pick<LoopPorts, 'store'>,
  round: number,
  set: string,
  identity: { digest: string; engine: string },
): Promise<ExamPlan> {
  const { store } = ports;
  const { exam, seed: projectSeed }: ProjectFile = store.project;
  const isTrain = set === 'train';
  const sampling = isTrain ? exam.sampling : GREEDY;
  const seed = `${projectSeed}/${round}/${set}`;
  const basis = {
    studentDigest: identity.digest,
    engine: identity.engine,
    promptForm: promptFormOf(store.project.chat),
    request: {
      head: await store.head(),
      sampling,
      seed,
      maxNewTokens: exam.maxNewTokens,
      stopAtAnswerLine: exam.stopAtAnswerLine,
    },
  };
  const samples = isTrain ? exam.samples : 1;
  const [fingerprint, form] = [examFingerprint(basis), examFormOf(basis)];
  const planned = { set, samples, sampling, seed, fingerprint, form };
  if (!isTrain) {
    return { ...planned, questions: await store.questions(set), fixes: NO_FIXES, settled: false };
  }
  const curation = await curationUpTo(store, round);
  const questions = await trainQuestions(ports, curation);
  const settled = (await store.manifest(round)) !== null;
  return { ...planned, questions, fixes: curation, settled };
}

/** The planned items that no stored attempt of this fingerprint and text answers yet, samples of a question side by side. */
export function missingItems(
  plan: Pick<ExamPlan, 'questions' | 'samples' | 'fingerprint' | 'fixes' | 'settled'>,
  stored: readonly Attempt[],
): ExamItem[] {
  const questions = new Map(plan.questions.map((question) => [question.id, question]));
  const done = new Set(
    attemptsOfPlan(plan, stored)
      .filter(({ questionId, asked }) => {
        const question = questions.get(questionId);
        return question && (plan.settled || isAbout(asked, question, plan.fixes));
      })
      .map(({ questionId, sample }) => `${sample}/${questionId}`),
  );
  return plan.questions.flatMap((question) =>
    Array.from({ length: plan.samples }, (_, sample) => ({
      questionId: question.id,
      sample,
      prompt: promptOf(question),
    })).filter(({ questionId, sample }) => !done.has(`${sample}/${questionId}`)),
  );
}

/**
 * Whether a finished exam of a set lacks answers by now: its data file has new questions or other texts, or somebody
 * fixed one. Tells without asking the student who it is, so that it is cheap to look.
 */
export async function lacksAnswers(
  store: RoundStore,
  round: number,
  set: string,
  exam: { readonly fingerprint: string; readonly samples: number },
): Promise<boolean> {
  const curation = set === 'train' ? await curationUpTo(store, round) : null;
  const plan = {
    questions: curation ? await trainQuestions({ store }, curation) : await store.questions(set),
    samples: exam.samples,
    fingerprint: exam.fingerprint,
    fixes: curation ?? NO_FIXES,
    settled: false,
  };
  return missingItems(plan, await store.attempts(round, set)).length > 0;
}

/**
 * Sits whatever is missing of one set's exam; every finished attempt is on disk before the next is awaited. How many
 * answers were missing.
 */
export async function sitExam(
  ports: LoopPorts,
  round: number,
  student: string,
  plan: ExamPlan,
): Promise<number> {
  const { store, signal } = ports;
  const stored = await store.attempts(round, plan.set);
  const items = missingItems(plan, stored);
  if (items.length === 0) return 0;
  const total = plan.questions.length * plan.samples;
  const before = total - items.length;
  const names = new Map(plan.questions.map((one) => [one.id, textName(one, plan.fixes)]));
  const writer = await store.openExam(round, plan.set, plan.fingerprint);
  try {
    await ports.student.sit(
      {
        student,
        head: await store.head(),
        items,
        sampling: plan.sampling,
        seed: plan.seed,
        maxNewTokens: store.project.exam.maxNewTokens,
        stopAtAnswerLine: store.project.exam.stopAtAnswerLine,
        chat: store.project.chat,
      },
      {
        signal,
        report: (progress) =>
          ports.report({
            ...progress,
            stage: sentence`exam ${plan.set}`,
            set: plan.set,
            done: before + progress.done,
            total,
          }),
        onAttempt: (attempt) => {
          const asked = names.get(attempt.questionId);
          return writer.append(asked === undefined ? attempt : { ...attempt, asked });
        },
      },
    );
  } finally {
    await writer.close();
  }
  if (signal.aborted) throw cancelled();
  const missing = missingItems(plan, await store.attempts(round, plan.set));
  if (missing.length > 0) {
    throw new AppError(
      'engine.crashed',
      sentence`The exam ended with ${missing.length} answers missing.`,
      {
        hint: sentence`Run the exam again: it continues with the missing ones.`,
      },
    );
  }
  return items.length;
}

/** The attempts of the plan's own fingerprint: others in the file come from another student or other settings. */
export function attemptsOfPlan(
  plan: Pick<ExamPlan, 'fingerprint'>,
  stored: readonly Attempt[],
): Attempt[] {
  return stored.filter(({ fingerprint }) => fingerprint === plan.fingerprint);
}
