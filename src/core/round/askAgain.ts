import { textName } from '../curation/questionText.ts';
import { AppError, cancelled } from '../errors.ts';
import { MOST_AGAIN, type Again, type AgainStudent, type RecordedAgain } from '../exam/again.ts';
import type { Sampling, StudentIdentity } from '../exam/attempt.ts';
import { examFormOf } from '../exam/examForm.ts';
import { examFingerprint } from '../exam/fingerprint.ts';
import { promptFormOf, promptOf } from '../exam/promptForm.ts';
import { sentence } from '../sentence.ts';
import type { Question } from '../dataset/question.ts';
import { chooseStudent, type ChosenStudent, type StudentChoice } from './againStudent.ts';
import { curationUpTo } from './curationUpTo.ts';
import { trainQuestions } from './exam.ts';
import type { LoopPorts } from './ports.ts';
import type { RoundState } from './state.ts';
import type { RoundStore } from './store.ts';

/** A file of answers that is open: append-only, closed when the asking stops for whatever reason. */
export interface AgainWriter {
  append(answer: Again): Promise<void>;
  close(): Promise<void>;
}

/** Port: a project that keeps what students answered when they were asked again. */
export interface AgainStore extends RoundStore {
  again(round: number): Promise<readonly RecordedAgain[]>;
  openAgain(round: number): Promise<AgainWriter>;
}

export interface AgainPorts extends Pick<LoopPorts, 'student' | 'report' | 'signal'> {
  readonly store: AgainStore;
}

/** "same" must give the recorded texts, where the same student is asked in the same way. */
export type Draws = 'fresh' | 'same' | 'greedy';

export interface AskWhat {
  readonly round: number;
  readonly questionId: string;
  readonly student: StudentChoice;
  /** Fresh draws, the exam's own once more, or its most likely answer, once. */
  readonly draws: Draws;
  /** As many as in the exam when absent. */
  readonly samples?: number | undefined;
  /** Names this asking. */
  readonly asking: string;
}

export interface AskedAgain {
  /** As it counts now. */
  readonly question: Question;
  readonly student: AgainStudent;
  readonly answers: readonly Again[];
}

type Exam = RoundState['exams'][string];

const GREEDY: Sampling = { temperature: 0, topK: 1, topP: 1 };

/**
 * Asks a student one training question again, as the round's exam asked it: the same prompt, the same sampling and length
 * limit, through whoever sits the exams. Fresh draws are those that would have come next. The exam's record stays as it is.
 */
export async function askAgain(ports: AgainPorts, what: AskWhat): Promise<AskedAgain> {
  const { store, signal } = ports;
  const samples = wantedSamples(what);
  const state = await store.state(what.round);
  const exam = state?.exams['train'];
  if (!state || !exam) throw notExamined(what.round);
  const curation = await curationUpTo(store, what.round);
  const questions = await trainQuestions(ports, curation);
  const question = questions.find(({ id }) => id === what.questionId);
  if (!question) throw unknown(what);
  const chosen = await chooseStudent(store, state, what.student);
  const folder = store.absolute(chosen.path);
  const identity = await ports.student.identify(folder);
  await requireUnchanged(store, state, exam, chosen, identity);
  await ports.student.checkParity(folder, signal);

  const student: AgainStudent = { ...chosen, digest: identity.digest };
  const { request, form, fingerprint } = await planAgain(store, what, exam, identity);
  const count = samples ?? (what.draws === 'greedy' ? 1 : exam.samples);
  const before = (await store.again(what.round)).filter(
    (one) => one.questionId === question.id && one.fingerprint === fingerprint,
  );
  const first =
    what.draws === 'fresh'
      ? Math.max(exam.samples, store.project.exam.samples, ...before.map((one) => one.sample + 1))
      : 0;
  const items = Array.from({ length: count }, (_, index) => ({
    questionId: question.id,
    sample: first + index,
    prompt: promptOf(question),
  }));
  const asked = textName(question, curation);
  const answers: Again[] = [];
  const writer = await store.openAgain(what.round);
  try {
    await ports.student.sit(
      { ...request, student: folder, items },
      {
        signal,
        report: (progress) =>
          ports.report({ ...progress, stage: sentence`asking the student again` }),
        onAttempt: async ({ questionId, sample, text, finish, minMargin }) => {
          const answer: Again = {
            type: 'again',
            asking: what.asking,
            questionId,
            sample,
            fingerprint,
            text,
            finish,
            asked,
            minMargin,
            samples: count,
            form,
            student,
          };
          await writer.append(answer);
          answers.push(answer);
        },
      },
    );
  } finally {
    await writer.close();
  }
  if (signal.aborted) throw cancelled();
  if (answers.length < count) {
    throw new AppError(
      'engine.crashed',
      sentence`The student gave ${answers.length} of ${count} answers.`,
      { hint: sentence`Ask it once more; what it answered is kept.` },
    );
  }
  answers.sort((a, b) => a.sample - b.sample);
  return { question, student, answers };
}

/** How the exam was held, where its record says so; by the project's settings of now else. */
async function planAgain(
  store: RoundStore,
  { round, draws }: AskWhat,
  exam: Exam,
  { digest, engine }: StudentIdentity,
) {
  const { project } = store;
  const { sampling, maxNewTokens, stopAtAnswerLine } = exam.form ?? project.exam;
  const request = {
    head: await store.head(),
    sampling: draws === 'greedy' ? GREEDY : sampling,
    seed: seedOf(store, round),
    maxNewTokens,
    stopAtAnswerLine,
    chat: project.chat,
  };
  const basis = { studentDigest: digest, engine, promptForm: promptFormOf(project.chat), request };
  return { request, form: examFormOf(basis), fingerprint: examFingerprint(basis) };
}

const seedOf = ({ project }: RoundStore, round: number): string => `${project.seed}/${round}/train`;

/** Refuses a student whose files are no longer those that sat the exam, or that its training made. */
async function requireUnchanged(
  store: RoundStore,
  state: RoundState,
  exam: Exam,
  chosen: ChosenStudent,
  { digest }: StudentIdentity,
): Promise<void> {
  if (chosen.digest === null || chosen.digest === digest) return;
  const { path } = chosen;
  const { form } = exam;
  if (path === state.student.path && form) {
    // An exam may have been held after the round had noted its student: its own record says who sat it.
    const sat = examFingerprint({
      studentDigest: digest,
      engine: form.engine,
      promptForm: form.promptForm,
      request: { ...form, head: await store.head(), seed: seedOf(store, state.round) },
    });
    if (sat === exam.fingerprint) return;
  }
  throw new AppError(
    'round.changed',
    sentence`The weights in ${path} are no longer what they were.`,
    {
      hint: sentence`What they answer now would say nothing about that student: restore ${path}, or run the exam again.`,
      detail: { path, recorded: chosen.digest, found: digest },
    },
  );
}

function wantedSamples({ samples, draws }: AskWhat): number | undefined {
  if (samples === undefined) return undefined;
  if (samples < 1 || samples > MOST_AGAIN) {
    throw new AppError('usage', sentence`From 1 to ${MOST_AGAIN} answers can be asked for.`);
  }
  if (draws === 'greedy' && samples > 1) {
    throw new AppError(
      'usage',
      sentence`Asked greedily, a student gives the same answer each time.`,
      {
        hint: sentence`Leave out the number of samples, or ask without --greedy.`,
      },
    );
  }
  return samples;
}

function notExamined(round: number): AppError {
  return new AppError(
    'round.notReady',
    sentence`Round ${round} has had no exam on its training questions.`,
    { hint: sentence`Run it first: tailor exam --round ${round}.` },
  );
}

function unknown({ questionId, round }: AskWhat): AppError {
  return new AppError(
    'usage',
    sentence`Round ${round} has no training question ${JSON.stringify(questionId)}.`,
    { hint: sentence`Its questions are those of Review: the ids of the training data.` },
  );
}
