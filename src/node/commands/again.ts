import { randomUUID } from 'node:crypto';
import type { GradedAttempt } from '../../core/curation/negatives.ts';
import { AppError } from '../../core/errors.ts';
import { isGreedy, type Again } from '../../core/exam/again.ts';
import { differencesOf, type ExamForm } from '../../core/exam/examForm.ts';
import { rationaleOfAttempt } from '../../core/exam/promptForm.ts';
import { gradeAttempt } from '../../core/grading/gradeAnswer.ts';
import type { Grade } from '../../core/grading/verdict.ts';
import type { StudentChoice } from '../../core/round/againStudent.ts';
import { askAgain, type AskedAgain, type Draws } from '../../core/round/askAgain.ts';
import { curationUpTo } from '../../core/round/curationUpTo.ts';
import { gradedTrainAttempts } from '../../core/round/gradedTrain.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import { openStudent } from '../session/openStudent.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import type { RoundOption } from './steps.ts';

export interface AgainOptions extends RoundOption {
  readonly samples?: number;
  readonly greedy?: boolean;
  readonly sameDraws?: boolean;
  /** "base", "last" or a training run; the student that sat the round's exam when absent. */
  readonly student?: string;
}

/** So much of an answer shows which one it is; `--json` has the whole. */
const SHOWN_CHARACTERS = 100;

/** `tailor again QUESTION`: asks a student one question again, beside the exam's record. */
export function again(
  context: CommandContext,
  questionId: string,
  options: AgainOptions,
): Promise<CommandResult> {
  return withSession(context, async (session) => {
    await session.claimRun();
    const { store, surroundings } = session;
    const round = await currentRound(session, options.round);
    const asked = await askAgain(
      {
        store,
        student: openStudent(session, round),
        report: surroundings.report,
        signal: surroundings.signal,
      },
      {
        round,
        questionId,
        student: studentNamed(options.student),
        draws: drawsOf(options),
        samples: options.samples,
        asking: randomUUID(),
      },
    );
    const exam = (await store.state(round))?.exams['train'];
    const curation = await curationUpTo(store, round);
    const recorded = (await gradedTrainAttempts(store, round, curation)).filter(
      ({ attempt }) => attempt.questionId === questionId,
    );
    return resultOf(round, asked, recorded, exam?.form);
  });
}

function drawsOf({ greedy, sameDraws }: AgainOptions): Draws {
  if (greedy !== true) return sameDraws === true ? 'same' : 'fresh';
  if (sameDraws !== true) return 'greedy';
  throw new AppError('usage', sentence`Either --greedy or --same-draws: one excludes the other.`);
}

function studentNamed(name: string | undefined): StudentChoice {
  if (name === undefined) return 'round';
  return name === 'base' || name === 'last' ? name : { run: name };
}

function resultOf(
  round: number,
  { question, student, answers }: AskedAgain,
  recorded: readonly GradedAttempt[],
  form: ExamForm | undefined,
): CommandResult {
  const graded = answers.map((answer) => ({ answer, grade: gradeAttempt(answer, question) }));
  const [first] = answers;
  const greedy = first !== undefined && isGreedy(first);
  const recordedSamples = new Set(recorded.map(({ attempt }) => attempt.sample));
  const same = !greedy && first !== undefined && recordedSamples.has(first.sample);
  const how = greedy
    ? sentence`greedily`
    : same
      ? sentence`with the draws of the exam`
      : sentence`with fresh draws`;
  const differs = first ? differencesAside(form, first) : [];
  const lines = [
    sentence`${question.id}, asked again: this is no part of the exam of round ${round}.`,
    sentence`Student: ${nameOf(student)}, ${how}.`,
    ...(differs.length > 0
      ? [sentence`Asked otherwise than the exam: ${differs.join(', ')}.`]
      : []),
    sentence`In the exam: ${share(recorded.map(({ grade }) => grade))}.`,
    sentence`Now: ${share(graded.map(({ grade }) => grade))}.`,
    ...(same ? [repeated(answers, recorded)] : []),
    ...graded.map(({ answer, grade }) => lineOf(answer, grade)),
  ];
  return {
    text: joined(lines, '\n'),
    json: {
      round,
      questionId: question.id,
      gold: question.answer,
      student,
      draws: greedy ? 'greedy' : same ? 'same' : 'fresh',
      differs,
      recorded: recorded.map(({ attempt: { sample, text }, grade: { verdict, value } }) => ({
        sample,
        verdict,
        answer: value,
        text,
      })),
      again: graded.map(({ answer: { sample, text, finish }, grade: { verdict, value } }) => ({
        sample,
        verdict,
        answer: value,
        finish,
        text,
      })),
    },
  };
}

/** That it was asked greedily is said by itself. */
function differencesAside(form: ExamForm | undefined, answer: Again): string[] {
  const sampling = form && isGreedy(answer) ? { sampling: form.sampling } : {};
  return differencesOf(form, { ...answer.form, ...sampling });
}

function nameOf({ path, trained }: AskedAgain['student']): Sentence {
  return trained === null
    ? sentence`the base student (${path})`
    : sentence`the student that round ${trained.round} trained in run ${trained.run} (${path})`;
}

function share(grades: readonly Grade[]): Sentence {
  const right = grades.filter(({ verdict }) => verdict === 'right').length;
  const counts = new Map<string, number>();
  for (const { value } of grades) {
    const answer = value ?? '–';
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  const answers = [...counts].map(([answer, n]) => (n > 1 ? `${answer} ×${n}` : answer));
  return sentence`${right} of ${grades.length} right (${answers.join(', ')})`;
}

/** Whether the record was repeated word for word, as it must be where student, engine and settings are the same. */
function repeated(answers: readonly Again[], recorded: readonly GradedAttempt[]): Sentence {
  const texts = new Map(recorded.map(({ attempt }) => [attempt.sample, attempt.text]));
  const equal = answers.filter(({ sample, text }) => texts.get(sample) === text).length;
  return sentence`${equal} of ${answers.length} answers are word for word those of the exam.`;
}

const VERDICTS = { right: '✓', wrong: '✗', 'no-answer': '–' } as const;

function lineOf({ text }: Again, { verdict, value }: Grade): string {
  const line = rationaleOfAttempt(text)
    .trim()
    .replace(/\s*\n\s*/gu, ' / ');
  const shown = line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
  return `${VERDICTS[verdict]}  ${value ?? '–'}  ${shown}`;
}
