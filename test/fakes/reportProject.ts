import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Question } from '../../src/core/dataset/question.ts';
import type { LoopPorts } from '../../src/core/round/ports.ts';
import { projectFileSchema, type ProjectFile } from '../../src/core/project/projectFile.ts';
import { runRounds } from '../../src/core/round/runRounds.ts';
import { DEFAULT_TEMPLATES, parseTemplate } from '../../src/core/teaching/templates.ts';
import { teacherRecordSchema, type TeacherRecord } from '../../src/core/teaching/records.ts';
import type { Trainer } from '../../src/core/training/trainer.ts';
import { ProjectStore } from '../../src/node/project/projectStore.ts';
import { openJournal } from '../../src/node/storage/journal.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { ensureRunConfig, runPaths } from '../../src/node/trainer/runFolder.ts';
import { FakeStudent, FakeTeacher, silentLog, sums } from './loopFakes.ts';
import { lines } from './projectFolder.ts';
import { temporaryFolder } from './temporaryFolder.ts';
import { record } from './trainerRecords.ts';

interface Sizes {
  readonly train: number;
  readonly dev: number;
  readonly test: number;
}

/** A teacher whose requests and replies are in the round's journal, as the real one's are. */
class JournalledTeacher extends FakeTeacher {
  readonly #write: (entry: TeacherRecord) => Promise<void>;

  constructor(questions: readonly Question[], write: (entry: TeacherRecord) => Promise<void>) {
    super(questions);
    this.#write = write;
  }

  override async ask(request: Parameters<FakeTeacher['ask']>[0]) {
    const reply = await super.ask(request);
    const { key, questionId, purpose, draw } = reply;
    await this.#write({
      type: 'intent',
      key,
      questionId,
      purpose,
      draw,
      profile: this.profile,
      model: 'fake-model',
      templateId: request.templateId,
      templateHash: request.templateHash,
      reservedTokens: 10,
    });
    await this.#write(reply);
    return reply;
  }
}

/** Trains by raising what the student knows, and says what a trainer says, probes included. */
class ToldTrainer implements Trainer {
  readonly #student: FakeStudent;

  constructor(student: FakeStudent) {
    this.#student = student;
  }

  async run(runFolder: string, config: Parameters<Trainer['run']>[1]): ReturnType<Trainer['run']> {
    await ensureRunConfig(runPaths(runFolder), config);
    const before = this.#student.learned.get(config.model.path) ?? 0.3;
    this.#student.learned.set(config.export.path, Math.min(0.95, before + 0.25));
    const events = [
      record('heartbeat', { rssMB: 700 }),
      record('heartbeat', { rssMB: 650 }),
      ...(config.probes?.items ?? []).map(({ id }) => record('sample', { questionId: id })),
      record('done'),
    ];
    await appendFile(
      join(runFolder, 'events.jsonl'),
      lines(events.map((event, seq) => ({ ...event, seq, runId: config.runId }))),
    );
    const done = events.at(-1);
    if (done?.type !== 'done') throw new Error('the last record is done');
    return { student: config.export.path, done };
  }
}

/** A project of sums on disk with three sets beside train, and everything that its loop needs. */
export async function reportProject({
  sizes = { train: 40, dev: 30, test: 20 },
  rounds = 2,
}: { sizes?: Sizes; rounds?: number } = {}) {
  const root = await temporaryFolder();
  const project: ProjectFile = projectFileSchema.parse({
    v: 1,
    name: 'Sums <b>&</b>',
    task: 'numeric',
    data: {
      train: 'data/train.jsonl',
      dev: 'data/dev.jsonl',
      extra: { far: 'data/far.jsonl' },
      test: 'data/test.jsonl',
    },
    student: 'models/base',
    teacher: 'fake',
    exam: { maxNewTokens: 32 },
    training: {},
    rounds,
  });
  const train = sums('train', sizes.train, 10);
  await mkdir(join(root, 'data'), { recursive: true });
  await writeFile(join(root, 'tailor.json'), JSON.stringify(project));
  const sets = {
    train,
    dev: sums('dev', sizes.dev, 500),
    far: sums('far', 5, 9000),
    test: sums('test', sizes.test, 20_000),
  };
  for (const [name, questions] of Object.entries(sets)) {
    await writeFile(join(root, 'data', `${name}.jsonl`), lines(questions));
  }
  const store = new ProjectStore({
    root,
    project,
    writer: 'ada-1',
    clock: systemClock,
    onBad: () => undefined,
  });
  onTestFinished(() => store.close());
  const student = new FakeStudent();
  const ports: LoopPorts = {
    store,
    student,
    trainer: new ToldTrainer(student),
    openTeacher: async (round) => {
      const journal = await openJournal(
        join(root, 'rounds', String(round), 'teacher', 'ada-1.jsonl'),
        {
          schema: teacherRecordSchema,
          writer: 'ada-1',
          clock: systemClock,
        },
      );
      const teacher = new JournalledTeacher(train, async (entry) => {
        await journal.append(entry);
      });
      return { teacher, concurrency: 1, close: () => journal.close() };
    },
    templates: () =>
      Promise.resolve({
        annotate: parseTemplate('annotate', DEFAULT_TEMPLATES.annotate),
        feedback: parseTemplate('feedback', DEFAULT_TEMPLATES.feedback),
      }),
    clock: systemClock,
    log: silentLog,
    report: () => undefined,
    signal: new AbortController().signal,
  };
  return { root, store, ports, student, sets, run: (count = rounds) => runRounds(ports, count) };
}
