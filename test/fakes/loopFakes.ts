import type { Question } from '../../src/core/dataset/question.ts';
import type { FinishedAttempt } from '../../src/core/exam/attempt.ts';
import type { ParityVerdict } from '../../src/core/exam/parityVerdict.ts';
import type { Student } from '../../src/core/exam/student.ts';
import { sha256Text } from '../../src/core/hash.ts';
import type { Clock, Log } from '../../src/core/ports.ts';
import type { Purpose, TeacherReply } from '../../src/core/teaching/records.ts';
import type { Teacher, TeacherRequest, TeacherSpending } from '../../src/core/teaching/teacher.ts';
import type { Trainer } from '../../src/core/training/trainer.ts';
import { cancelled } from '../../src/core/errors.ts';
import type { MemoryStore } from './memoryStore.ts';

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Time moves only when somebody looks or sleeps. */
export function fakeClock(): Clock {
  let now = 1_700_000_000_000;
  return {
    now: () => (now += 10),
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  };
}

/** A sum that the fake student knows: the questions of these tests read "a plus b". */
function sumOf(prompt: string): { a: number; b: number } {
  const [, a = '0', b = '0'] = /(\d+) plus (\d+)/u.exec(prompt) ?? [];
  return { a: Number(a), b: Number(b) };
}

/**
 * Knows a question when its hash falls under what the folder has learned; otherwise it is off by one or two,
 * differently by sample. Stops after `limit` answers to play an interruption.
 */
export class FakeStudent implements Student {
  readonly learned = new Map<string, number>();
  parity: ParityVerdict = { verdict: 'unchecked', by: null };
  sat = 0;
  limit = Infinity;

  identify(folder: string): Promise<{ digest: string; engine: string; parameters: number }> {
    return Promise.resolve({ digest: sha256Text(folder), engine: 'fake-1', parameters: 1 });
  }

  checkParity(): ReturnType<Student['checkParity']> {
    return Promise.resolve(this.parity);
  }

  async sit(
    request: Parameters<Student['sit']>[0],
    hooks: Parameters<Student['sit']>[1],
  ): Promise<void> {
    const share = this.learned.get(request.student) ?? 0.3;
    for (const { questionId, sample, prompt } of request.items) {
      if (this.sat >= this.limit) throw cancelled();
      this.sat += 1;
      const { a, b } = sumOf(prompt);
      const knows = Number.parseInt(sha256Text(questionId).slice(0, 4), 16) / 65_536 < share;
      const value = a + b + (knows ? 0 : 1 + (sample % 2));
      const attempt: FinishedAttempt = {
        questionId,
        sample,
        text: ` ${a} + ${b} = ${value}.\nAnswer: ${value}`,
        ids: [1, 2],
        finish: 'eos',
        minMargin: 1,
      };
      await hooks.onAttempt(attempt);
    }
  }
}

/** Answers every question rightly, in the `sections` form, in another wording for every draw. */
export class FakeTeacher implements Teacher {
  readonly profile = 'fake';
  readonly programmatic = false;
  readonly asked: TeacherRequest[] = [];
  /** Question → the score that it gives to rationales of it; the best one where there is none. */
  readonly scores = new Map<string, number>();
  readonly #questions: ReadonlyMap<string, Question>;

  constructor(questions: readonly Question[]) {
    this.#questions = new Map(questions.map((question) => [question.id, question]));
  }

  ask(request: TeacherRequest): Promise<TeacherReply> {
    this.asked.push(request);
    const shown = request.messages.at(-1)?.content ?? '';
    const known = this.#questions.get(request.questionId)?.question ?? '';
    // The prompt's own question, which may have been fixed; templates without one fall back on the data.
    const { a, b } = sumOf(/What is \d+ plus \d+\?/u.exec(shown)?.[0] ?? known);
    const words = ['We add', 'Adding', 'Together', 'In all', 'So'][request.draw % 5] ?? 'Then';
    const rationale = `${words}: ${a} + ${b} = ${a + b}.`;
    const answer = `Answer: ${a + b}\nEND`;
    const text: Record<Purpose, string> = {
      annotate: `${rationale}\n${answer}`,
      feedback: `FIRST WRONG STEP: 1\nKIND: arithmetic\nWHY: The sum is off.\nCORRECTED:\n${rationale} Right.\n${answer}`,
      review: `SCORE: ${this.scores.get(request.questionId) ?? 5}\nREASON: The sum is looked at.\nEND`,
    };
    // Each rationale of a question has a request of its own.
    const judged = request.purpose === 'review' ? `/${shown}` : '';
    return Promise.resolve({
      type: 'reply',
      key: sha256Text(
        `${request.purpose}/${request.questionId}/${request.draw}/${request.messages.length}${judged}`,
      ),
      questionId: request.questionId,
      purpose: request.purpose,
      draw: request.draw,
      attempt: 1,
      text: text[request.purpose],
      finishReason: 'stop',
      usage: { promptTokens: 1, completionTokens: 1, cachedTokens: 0, estimated: false },
      responseModel: 'fake',
      fingerprint: null,
      overlong: false,
      firstTokenMs: 1,
      totalMs: 1,
    });
  }

  spending(): TeacherSpending {
    return {
      requests: this.asked.length,
      promptTokens: 0,
      completionTokens: 0,
      possiblyBilled: 0,
      cacheHits: 0,
    };
  }
}

/** "Trains" by raising what the new folder knows, in proportion to the share of questions in the frozen set. */
export class FakeTrainer implements Trainer {
  readonly runs: string[] = [];
  readonly #store: MemoryStore;
  readonly #student: FakeStudent;

  constructor(store: MemoryStore, student: FakeStudent) {
    this.#store = store;
    this.#student = student;
  }

  run(runFolder: string, config: Parameters<Trainer['run']>[1]): ReturnType<Trainer['run']> {
    this.runs.push(runFolder);
    const before = this.#student.learned.get(config.model.path) ?? 0.3;
    const share = config.data.rows / (this.#store.sets['train']?.length ?? 1);
    this.#student.learned.set(config.export.path, Math.min(0.95, before + 0.25 * share));
    return Promise.resolve({
      student: config.export.path,
      done: {
        v: 1,
        seq: 1,
        attempt: 1,
        t: '',
        runId: config.runId,
        type: 'done',
        artifacts: [],
        summary: {
          steps: 1,
          seconds: 1,
          tokens: 1,
          firstLoss: 1,
          lastLoss: 0.5,
          firstLm: 1,
          lastLm: 0.5,
          cosPos: null,
          cosNeg: null,
          activeFrac: null,
          preference: null,
        },
      },
    });
  }
}

/** `count` questions "a plus b", with the equation that gives the gold. */
export function sums(prefix: string, count: number, from: number): Question[] {
  return Array.from({ length: count }, (_, index) => {
    const a = from + index;
    const b = 2 + (index % 7);
    return {
      id: `${prefix}-${index}`,
      question: `What is ${a} plus ${b}?`,
      answer: String(a + b),
      equation: `${a} + ${b}`,
    };
  });
}
