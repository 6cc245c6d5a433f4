import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { issueText } from '../../core/schemaProblem.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import { unreadableGold } from '../../core/dataset/questionProblems.ts';
import { questionSchema, type Question } from '../../core/dataset/question.ts';
import { fileVersionAt } from '../storage/fileVersion.ts';
import { readJsonLines } from '../storage/jsonLines.ts';
import { mergeByTime, readJournal, type BadLine } from '../storage/readJournal.ts';
import { systemCode } from '../storage/storeError.ts';
import type { Stamped } from '../storage/journal.ts';

/** Read at once: a few milliseconds' work, so that an editor that reads stays quick. */
const CHUNK_BYTES = 128 * 1024;

/** Reads of a project's files, kept while size and time of a file stay the same. */
export class ProjectFiles {
  readonly #kept = new Map<string, { stamp: string; value: unknown }>();
  readonly #onBad: (bad: BadLine) => void;

  constructor(onBad: (bad: BadLine) => void) {
    this.#onBad = onBad;
  }

  /** The valid questions of a data file; bad lines are reported and the rest counts. */
  async questions(path: string): Promise<readonly Question[]> {
    return this.#once(path, async () => {
      const questions: Question[] = [];
      await eachQuestion(path, {
        onQuestion: (question) => void questions.push(question),
        onBad: (bad) => this.#onBad(bad),
      });
      return questions;
    });
  }

  /** All writers' journals of a folder whose names begin with `prefix`, merged; none where the folder is missing. */
  async journals<T>(folder: string, prefix: string, schema: z.ZodType<T>): Promise<Stamped<T>[]> {
    const names = (await namesIn(folder))
      .filter((name) => name.startsWith(prefix) && name.endsWith('.jsonl'))
      .sort();
    const journals = [];
    for (const name of names) {
      const path = join(folder, name);
      journals.push(
        await this.#once(path, async () => {
          const { records, quarantined } = await readJournal(path, schema, {
            chunkBytes: CHUNK_BYTES,
          });
          quarantined.forEach((bad) => this.#onBad(bad));
          return records;
        }),
      );
    }
    return mergeByTime(journals);
  }

  async #once<T>(path: string, read: () => Promise<T>): Promise<T> {
    const stamp = (await fileVersionAt(path)) ?? 'missing';
    const kept = this.#kept.get(path);
    // SAFETY: a path is only ever read by one kind of reader, so what was kept for it has that reader's type.
    if (kept?.stamp === stamp) return kept.value as T;
    const value = await read();
    this.#kept.set(path, { stamp, value });
    return value;
  }
}

/** The valid questions of a data file one after the other, for whoever needs little of many; bad lines beside them. */
export async function eachQuestion(
  path: string,
  {
    onQuestion,
    onBad,
  }: {
    readonly onQuestion: (question: Question) => void;
    readonly onBad: (bad: BadLine) => void;
  },
): Promise<void> {
  const seen = new Set<string>();
  await readJsonLines(path, {
    chunkBytes: CHUNK_BYTES,
    onValue: (value, { line, byteOffset }) => {
      const parsed = questionSchema.safeParse(value);
      const reason = parsed.success
        ? seen.has(parsed.data.id)
          ? sentence`the id ${JSON.stringify(parsed.data.id)} was used before`
          : unfit(parsed.data)
        : describe(parsed.error);
      if (reason !== null) onBad({ file: path, line, byteOffset, reason });
      else if (parsed.success) {
        seen.add(parsed.data.id);
        onQuestion(parsed.data);
      }
    },
    onBad,
  });
}

export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function describe(error: z.ZodError): Sentence {
  const first = error.issues[0];
  return first ? issueText(first, sentence`row`) : sentence`not a question`;
}

function unfit(question: Question): Sentence | null {
  const problem = unreadableGold(question);
  return problem === null ? null : sentence`answer: ${problem}`;
}
