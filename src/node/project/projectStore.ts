import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { z } from 'zod';
import { AppError, isAppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import type { Clock } from '../../core/ports.ts';
import type { RecordedDecision } from '../../core/curation/activeDecisions.ts';
import { allUnapplied, dataFixesOf, type DataFixes } from '../../core/curation/dataFixes.ts';
import { decisionSchema, type Decision } from '../../core/curation/decision.ts';
import type { GradedAttempt } from '../../core/curation/negatives.ts';
import type { Question } from '../../core/dataset/question.ts';
import { againSchema, type RecordedAgain } from '../../core/exam/again.ts';
import { attemptSchema, type Attempt } from '../../core/exam/attempt.ts';
import { sha256Text } from '../../core/hash.ts';
import { dataSets } from '../../core/project/dataSets.ts';
import type { ProjectFile } from '../../core/project/projectFile.ts';
import type { AgainStore, AgainWriter } from '../../core/round/askAgain.ts';
import {
  frozenRowSchema,
  manifestSchema,
  type FrozenRow,
  type Manifest,
} from '../../core/round/frozen.ts';
import {
  ServedFold,
  servedRecordSchema,
  type ServedSpending,
} from '../../core/exam/servedSpending.ts';
import { spendingOf, type RoundSpending } from '../../core/round/spending.ts';
import { roundStateSchema, type RoundState } from '../../core/round/state.ts';
import { lookSchema, TEST_SET, type Look, type RecordedLook } from '../../core/round/looks.ts';
import type { ExamWriter, OpinionWriter, TeachingWriter } from '../../core/round/store.ts';
import {
  itemSchema,
  opinionSchema,
  teacherRecordSchema,
  type Opinion,
  type TeacherRecord,
  type TeachingItem,
} from '../../core/teaching/records.ts';
import { sha256File } from '../storage/fileHash.ts';
import { nodeFs, type Fs } from '../storage/fs.ts';
import { openJournal, type Journal, type Stamped } from '../storage/journal.ts';
import type { BadLine } from '../storage/readJournal.ts';
import { assertWritable, resolveInside } from '../storage/safePath.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { systemCode, translating } from '../storage/storeError.ts';
import { askingSince } from './askingSince.ts';
import { DecisionJournals } from './decisionJournals.ts';
import { firstOfEach } from './firstOfEach.ts';
import { runInProject } from '../trainer/runPlaces.ts';
import { runBinds } from '../trainer/runBinds.ts';
import { runSeconds } from '../trainer/runSeconds.ts';
import { PROJECT_FILE } from './projectFileName.ts';
import { namesIn, ProjectFiles } from './projectFiles.ts';
import { readSnapshot } from './readSnapshot.ts';

export interface ProjectStoreOptions {
  readonly root: string;
  readonly project: ProjectFile;
  /** This process's name in file names; see storage/writerSlot.ts. */
  readonly writer: string;
  readonly clock: Clock;
  readonly onBad: (bad: BadLine) => void;
  /** What writes go through; the real disk when absent. */
  readonly fs?: Fs;
}

/** A project folder as the loop sees it: the one adapter that knows where everything lies. */
export class ProjectStore implements AgainStore {
  readonly project: ProjectFile;
  readonly root: string;
  readonly #options: ProjectStoreOptions;
  readonly #files: ProjectFiles;
  readonly #decisions: DecisionJournals;

  constructor(options: ProjectStoreOptions) {
    this.project = options.project;
    this.root = options.root;
    this.#options = options;
    this.#files = new ProjectFiles(options.onBad);
    this.#decisions = new DecisionJournals({
      open: (round) => this.#journal(this.roundFolder(round, 'decisions'), '', decisionSchema),
      read: (round) => this.decisions(round),
    });
  }

  absolute(path: string): string {
    return join(this.root, path);
  }

  /** This process's name in the file names of its journals. */
  get writer(): string {
    return this.#options.writer;
  }

  roundFolder(round: number, ...rest: string[]): string {
    return join(this.root, 'rounds', String(round), ...rest);
  }

  async runConfig(round: number, runId: string): Promise<unknown> {
    try {
      const folder = this.runFolder(round, runId);
      const written: unknown = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
      return runInProject(this.root, folder, written);
    } catch (error) {
      // What is there but not readable is not overwritten, and equals nothing.
      return systemCode(error) === 'ENOENT' ? null : {};
    }
  }

  runBinds(round: number, runId: string): Promise<boolean> {
    return runBinds(this.runFolder(round, runId), runId, this.#options.clock);
  }

  runSeconds(round: number, runId: string): Promise<number> {
    return runSeconds(this.runFolder(round, runId), runId);
  }

  runFolder(round: number, runId: string): string {
    return this.roundFolder(round, 'runs', runId);
  }

  studentFolder(studentId: string): { absolute: string; relative: string } {
    const path = `models/${studentId}`;
    return { absolute: this.absolute(path), relative: path };
  }

  dataPath(set: string): string {
    const sets = dataSets(this.project);
    const found = sets.find(({ name }) => name === set);
    if (found === undefined) {
      throw new AppError('usage', sentence`There is no set called ${JSON.stringify(set)}.`, {
        hint: sentence`Known sets: ${sets.map(({ name }) => name).join(', ')}.`,
      });
    }
    return found.path;
  }

  async questions(set: string): Promise<readonly Question[]> {
    const path = await resolveInside(this.root, this.dataPath(set));
    const questions = await this.#files.questions(path).catch((error: unknown) => {
      if (isAppError(error, 'store.missing')) return [];
      throw error;
    });
    if (questions.length === 0) {
      throw new AppError('data.missing', sentence`${this.dataPath(set)} has no questions.`, {
        hint: sentence`Import some: tailor import FORMAT FILE.`,
      });
    }
    return set === 'train' ? allUnapplied(questions, await this.dataFixes()) : questions;
  }

  /** What was corrected of training questions in any round, whether or not it was written into the data file. */
  async dataFixes(): Promise<DataFixes> {
    const events: (readonly RecordedDecision[])[] = [];
    for (const round of await this.rounds()) events.push(await this.decisions(round));
    return dataFixesOf(events);
  }

  async head(): Promise<string> {
    const path = this.project.exam.head;
    if (path === undefined) return '';
    return readFile(await resolveInside(this.root, path), 'utf8');
  }

  async rounds(): Promise<readonly number[]> {
    const names = await namesIn(join(this.root, 'rounds'));
    return names
      .filter((name) => /^(0|[1-9]\d{0,5})$/u.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  }

  async state(round: number): Promise<RoundState | null> {
    return this.#snapshot(this.roundFolder(round, 'round.json'), roundStateSchema);
  }

  async saveState(state: RoundState): Promise<void> {
    await this.#write(this.roundFolder(state.round, 'round.json'), pretty(state));
  }

  async attempts(round: number, set: string): Promise<readonly Attempt[]> {
    const folder = this.roundFolder(round, 'exam');
    const records = await this.#files.journals(folder, `${set}.`, attemptSchema);
    const seen = new Set<string>();
    return records.filter(({ questionId, sample, fingerprint, asked = '' }) => {
      const key = `${fingerprint}/${asked}/${sample}/${questionId}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }

  async openExam(round: number, set: string, fingerprint: string): Promise<ExamWriter> {
    const journal = await this.#journal(this.roundFolder(round, 'exam'), `${set}.`, attemptSchema);
    let unsynced = 0;
    return {
      append: async (attempt) => {
        unsynced += 1;
        const sync = unsynced >= 64;
        if (sync) unsynced = 0;
        await journal.append({ type: 'attempt', set, fingerprint, ...attempt }, { sync });
      },
      close: () => closeSynced(journal),
    };
  }

  async saveGrades(round: number, grades: readonly GradedAttempt[]): Promise<void> {
    const lines = grades.map(({ attempt, grade, suspicions }) =>
      JSON.stringify({
        set: attempt.set,
        questionId: attempt.questionId,
        sample: attempt.sample,
        fingerprint: attempt.fingerprint,
        ...grade,
        suspicions,
      }),
    );
    await this.#write(this.roundFolder(round, 'grades.jsonl'), jsonl(lines));
  }

  async items(round: number): Promise<readonly TeachingItem[]> {
    return firstOfEach(await this.#teacherRecords(round, 'items.'), 'item');
  }

  async spending(round: number): Promise<RoundSpending> {
    const { clock } = this.#options;
    // Looked at first: what is asked meanwhile is then at worst counted as lost, and rightly so by the next look.
    const since = await askingSince(this.root, clock);
    return spendingOf(await this.teacherRecords(round), since);
  }

  async served(round: number): Promise<ServedSpending | null> {
    const fold = new ServedFold();
    const folder = this.roundFolder(round, 'served');
    for (const record of await this.#files.journals(folder, '', servedRecordSchema)) {
      fold.take(record);
    }
    return fold.spending();
  }

  /** Everything that a round's teacher journals hold: requests, replies, failures, items. */
  async teacherRecords(round: number): Promise<readonly Stamped<TeacherRecord>[]> {
    return this.#teacherRecords(round, '');
  }

  openTeaching(round: number): Promise<TeachingWriter> {
    return this.#recordWriter(this.roundFolder(round, 'teacher'), 'items.', itemSchema);
  }

  async opinions(round: number): Promise<readonly Opinion[]> {
    return firstOfEach(await this.#teacherRecords(round, 'opinions.'), 'opinion');
  }

  openOpinions(round: number): Promise<OpinionWriter> {
    return this.#recordWriter(this.roundFolder(round, 'teacher'), 'opinions.', opinionSchema);
  }

  async decisions(round: number): Promise<readonly RecordedDecision[]> {
    return this.#files.journals(this.roundFolder(round, 'decisions'), '', decisionSchema);
  }

  async decide(round: number, decisions: readonly Decision[]): Promise<void> {
    for (const decision of decisions) await this.#decisions.append(round, [decision], true);
  }

  /**
   * Appends decisions and resolves when they are in the file, where the end of this process cannot lose them;
   * `flushDecisions` puts them on the disk.
   */
  appendDecisions(round: number, decisions: readonly Decision[]): Promise<RecordedDecision[]> {
    return this.#decisions.append(round, decisions, false);
  }

  flushDecisions(): Promise<void> {
    return this.#decisions.flush();
  }

  /** Looks at the test set that were asked for in this round. */
  looks(round: number): Promise<readonly RecordedLook[]> {
    return this.#files.journals(this.roundFolder(round, 'looks'), '', lookSchema);
  }

  /** Records a look before anything of it is seen. */
  async recordLook(round: number, look: Look): Promise<void> {
    const journal = await this.#journal(this.roundFolder(round, 'looks'), '', lookSchema);
    try {
      await journal.append(look);
    } finally {
      await closeSynced(journal);
    }
  }

  /** What students answered when they were asked again: beside the exam, and no part of it. */
  again(round: number): Promise<readonly RecordedAgain[]> {
    return this.#files.journals(this.roundFolder(round, 'again'), '', againSchema);
  }

  openAgain(round: number): Promise<AgainWriter> {
    return this.#recordWriter(this.roundFolder(round, 'again'), '', againSchema);
  }

  async manifest(round: number): Promise<Manifest | null> {
    return this.#snapshot(this.roundFolder(round, 'manifest.json'), manifestSchema);
  }

  async frozenRows(round: number): Promise<readonly FrozenRow[]> {
    const manifest = await this.manifest(round);
    const path = this.roundFolder(round, 'train.jsonl');
    const text = await translating(path, () => readFile(path, 'utf8'));
    const changed = (how: Sentence, cause?: unknown): AppError =>
      new AppError('round.changed', sentence`${relative(this.root, path)} ${how}.`, {
        hint: sentence`Restore it from version control; a frozen set is never edited.`,
        cause,
      });
    if (!manifest || sha256Text(text) !== manifest.trainSha256) {
      throw changed(sentence`was changed after it was frozen`);
    }
    try {
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => frozenRowSchema.parse(JSON.parse(line)));
    } catch (cause) {
      throw changed(sentence`holds a row that no freeze writes`, cause);
    }
  }

  async freeze(
    round: number,
    rows: readonly FrozenRow[],
    partial: Omit<Manifest, 'trainSha256' | 'inputs'>,
  ): Promise<Manifest> {
    if (await this.manifest(round)) {
      throw new AppError('round.frozen', sentence`Round ${round} is frozen already.`, {
        hint: sentence`Go on with tailor train; what is decided now counts for the next round.`,
      });
    }
    const text = jsonl(rows.map((row) => JSON.stringify(row)));
    await this.#write(this.roundFolder(round, 'train.jsonl'), text);
    const manifest: Manifest = {
      ...partial,
      trainSha256: sha256Text(text),
      inputs: await this.#inputHashes(round),
    };
    await this.#write(this.roundFolder(round, 'manifest.json'), pretty(manifest));
    return manifest;
  }

  /** Closes this process's journals. */
  close(): Promise<void> {
    return this.#decisions.close();
  }

  /** Digests of every file that a freeze of this round reads. */
  async #inputHashes(round: number): Promise<Record<string, string>> {
    const paths = [PROJECT_FILE, this.project.data.train, this.project.data.dev];
    for (let r = 0; r <= round; r += 1) {
      for (const part of ['exam', 'teacher', 'decisions']) {
        // A look at the test set changes nothing that is trained on.
        const names = (await namesIn(this.roundFolder(r, part))).filter(
          (name) => !name.startsWith(`${TEST_SET}.`),
        );
        paths.push(...names.map((name) => `rounds/${r}/${part}/${name}`));
      }
    }
    const hashes: Record<string, string> = {};
    for (const path of [...new Set(paths)].sort()) {
      hashes[path] = await sha256File(this.absolute(path));
    }
    return hashes;
  }

  /** One schema for all of a teacher's journals: what is kept of a file has the type that it was read as first. */
  #teacherRecords(round: number, prefix: string): Promise<Stamped<TeacherRecord>[]> {
    return this.#files.journals(this.roundFolder(round, 'teacher'), prefix, teacherRecordSchema);
  }

  /** This process's own file of a folder; what was appended is on the disk when it is closed. */
  async #recordWriter<T>(folder: string, prefix: string, schema: z.ZodType<T>) {
    const journal = await this.#journal(folder, prefix, schema);
    return {
      append: async (record: T): Promise<void> => {
        await journal.append(record);
      },
      close: () => closeSynced(journal),
    };
  }

  async #journal<T>(folder: string, prefix: string, schema: z.ZodType<T>): Promise<Journal<T>> {
    const { writer, clock, fs = nodeFs } = this.#options;
    const path = await assertWritable(this.root, join(folder, `${prefix}${writer}.jsonl`), { fs });
    return openJournal(path, { schema, writer, clock, fs });
  }

  #snapshot<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
    return readSnapshot(path, { schema, shown: relative(this.root, path) });
  }

  /** A cloned project may hold links: what they lead to is checked before anything is written. */
  async #write(path: string, text: string): Promise<void> {
    const { fs = nodeFs } = this.#options;
    const target = await assertWritable(this.root, path, { fs });
    await translating(target, () => fs.mkdir(dirname(target)));
    await writeSnapshot(target, text, { fs });
  }
}

/** What a round's state calls finished is on the disk before the state says so. */
async function closeSynced(journal: Journal<unknown>): Promise<void> {
  try {
    await journal.flush();
  } finally {
    await journal.close();
  }
}

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const jsonl = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
