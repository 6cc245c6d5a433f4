import { join } from 'node:path';
import * as z from 'zod';
import type { Curation } from '../../core/curation/curation.ts';
import { NO_FIXES } from '../../core/curation/questionText.ts';
import type { Question } from '../../core/dataset/question.ts';
import { attemptSchema, type Attempt } from '../../core/exam/attempt.ts';
import { examAccuracy } from '../../core/report/examView.ts';
import type { PictureExam } from '../../core/report/picture.ts';
import { tallyExam } from '../../core/report/tally.ts';
import type { RoundState } from '../../core/round/state.ts';
import { runPaced } from '../review/pace.ts';
import type { BadLine } from '../storage/readJournal.ts';
import { stampUnder, type Stamps } from './fileStamps.ts';
import { foldJournals } from './foldJournals.ts';

export interface ExamToRead {
  readonly folder: string;
  readonly set: string;
  readonly role: PictureExam['role'];
  readonly exam: RoundState['exams'][string];
  /** As the data file has them. */
  readonly questions: readonly Question[];
  readonly curation: Pick<Curation, 'gold' | 'questions'>;
  /** Changes when a gold or a text that counts does. */
  readonly curationStamp: string;
  readonly stamps: Stamps;
}

interface Kept {
  readonly stamp: string;
  readonly questions: readonly Question[];
  readonly read: ReadExam;
}

/** An exam, and how many tokens the student wrote in it. */
interface ReadExam {
  readonly exam: PictureExam;
  readonly tokens: number;
}

/** An attempt of whose tokens only the number counts: the ids themselves are not looked at. */
const countedAttemptSchema = attemptSchema
  .omit({ minMargin: true })
  .extend({ ids: z.custom<readonly unknown[]>(Array.isArray) })
  .transform(({ ids, ...attempt }): Attempt & { readonly tokens: number } => ({
    ...attempt,
    ids: [],
    minMargin: null,
    tokens: ids.length,
  }));

/** Reads and grades recorded exams, each once while nothing that it rests on changes; only counts are kept. */
export class ExamReader {
  readonly #kept = new Map<string, Kept>();
  readonly #onBad: (bad: BadLine) => void;

  constructor(onBad: (bad: BadLine) => void) {
    this.#onBad = onBad;
  }

  async read(wanted: ExamToRead, signal: AbortSignal): Promise<ReadExam> {
    const { folder, set, role, exam, questions, stamps } = wanted;
    const place = join(folder, `${set}.`);
    const isTrain = role === 'train';
    const parity = JSON.stringify(exam.parity);
    const stamp = [exam.fingerprint, parity, stampUnder(stamps, place), wanted.curationStamp].join(
      '\n',
    );
    const kept = this.#kept.get(place);
    if (kept?.stamp === stamp && kept.questions === questions) return kept.read;
    const attempts = new Map<string, Attempt>();
    let tokens = 0;
    await foldJournals({
      folder,
      prefix: `${set}.`,
      schema: countedAttemptSchema,
      onBad: this.#onBad,
      take: (attempt) => {
        if (attempt.fingerprint !== exam.fingerprint) return;
        const { asked = '', sample, questionId } = attempt;
        const key = `${asked}/${sample}/${questionId}`;
        if (attempts.has(key)) return;
        attempts.set(key, attempt);
        tokens += attempt.tokens;
      },
    });
    const { gold } = wanted.curation;
    const now = isTrain ? wanted.curation : { gold, ...NO_FIXES };
    const tally = await runPaced(tallyExam(questions, attempts.values(), now), signal);
    const accuracy = await runPaced(examAccuracy(tally), signal);
    const { form, parity: checked } = exam;
    const read = { exam: { set, role, tally, accuracy, form, parity: checked }, tokens };
    this.#kept.set(place, { stamp, questions, read });
    return read;
  }
}
