import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Log, Progress } from '../../src/core/ports.ts';
import type { TrainerEvent } from '../../src/core/training/events.ts';
import { runConfigSchema, type RunConfig } from '../../src/core/training/run.ts';
import type { Trainer } from '../../src/core/training/trainer.ts';
import { findPython, type PythonEnvironment } from '../../src/node/python/findPython.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { signalGroup } from '../../src/node/trainer/processGroup.ts';
import { launchSchema, type Launch } from '../../src/node/trainer/runFolder.ts';
import { createTrainer, type CreateTrainer } from '../../src/node/trainer/trainerRun.ts';

export const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const STUB = join(REPOSITORY, 'test/fakes/stubTrainer.py');

/** How test/fakes/stubTrainer.py behaves; see there. */
export interface StubPlan {
  readonly behaviours?: readonly string[];
  readonly steps?: number;
  readonly stepMs?: number;
  readonly [option: string]: unknown;
}

/** Timings that keep the order of the real ones and make a test short. */
export const FAST = {
  helloMs: 30_000,
  pollMs: 20,
  aliveMs: 50,
  silenceMs: 60_000,
  stop: { stoppingMs: 20_000, savingMs: 60_000, termMs: 20_000 },
};

let python: Promise<PythonEnvironment> | null = null;

export function testPython(): Promise<PythonEnvironment> {
  python ??= findPython({ environment: process.env, installation: REPOSITORY });
  return python;
}

export class RecordingLog implements Log {
  readonly lines: string[] = [];
  debug(message: string): void {
    this.lines.push(`debug ${message}`);
  }
  info(message: string): void {
    this.lines.push(`info ${message}`);
  }
  warn(message: string): void {
    this.lines.push(`warn ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error ${message}`);
  }
}

/** A project with one run folder, and everything that `Trainer.run` was given and said. */
export class RunHarness {
  readonly project: string;
  readonly folder: string;
  readonly config: RunConfig;
  readonly log = new RecordingLog();
  readonly events: TrainerEvent[] = [];
  readonly progress: Progress[] = [];

  constructor(project: string, folder: string) {
    this.project = project;
    this.folder = folder;
    this.config = configFor(project);
  }

  static async create(plan: StubPlan = {}, folderName = 'run-one'): Promise<RunHarness> {
    const project = await realpath(await mkdtemp(join(tmpdir(), 'tailor-run-')));
    const harness = new RunHarness(project, join(project, 'rounds', '0', 'runs', folderName));
    await mkdir(harness.folder, { recursive: true });
    await harness.plan(plan);
    return harness;
  }

  plan(plan: StubPlan): Promise<void> {
    return writeFile(join(this.folder, 'stub.json'), JSON.stringify(plan));
  }

  async trainer(options: Partial<CreateTrainer> = {}): Promise<Trainer> {
    const environment = await testPython();
    return createTrainer({
      python: environment,
      bundle: join(REPOSITORY, 'python-bridge'),
      clock: systemClock,
      log: this.log,
      projectTailorFolder: join(this.project, '.tailor'),
      timings: FAST,
      command: (folder) => ({
        file: environment.python,
        args: ['-I', STUB, 'train', '--run', folder],
        cwd: dirname(STUB),
      }),
      ...options,
    });
  }

  /** Starts a run; `started` resolves to its end as a value, so that no rejection goes unhandled. */
  async start(
    options: {
      readonly detachOnAbort?: boolean;
      readonly onEvent?: (event: TrainerEvent) => void;
      readonly trainer?: Partial<CreateTrainer>;
      readonly config?: RunConfig;
    } = {},
  ): Promise<{ readonly abort: AbortController; readonly end: Promise<RunEnd> }> {
    const abort = new AbortController();
    const trainer = await this.trainer(options.trainer);
    const end = trainer
      .run(this.folder, options.config ?? this.config, {
        signal: abort.signal,
        report: (progress) => this.progress.push(progress),
        detachOnAbort: options.detachOnAbort ?? false,
        onEvent: (event) => {
          this.events.push(event);
          options.onEvent?.(event);
        },
      })
      .then(
        (result): RunEnd => ({ result, error: null }),
        (error: unknown): RunEnd => ({ result: null, error }),
      );
    return { abort, end };
  }

  /** Waits for the first event that fits, looking at those seen already too. */
  async event(fits: (event: TrainerEvent) => boolean): Promise<TrainerEvent> {
    return await until(() => this.events.find(fits));
  }

  async recorded(): Promise<RecordedEvent[]> {
    const text = await readFile(join(this.folder, 'events.jsonl'), 'utf8');
    return text
      .split('\n')
      .filter((line) => line.startsWith('{"v":1,"seq":') && line.endsWith('}'))
      .map((line) => recordedSchema.parse(JSON.parse(line)));
  }

  async launch(): Promise<Launch> {
    return launchSchema.parse(JSON.parse(await readFile(join(this.folder, 'launch.json'), 'utf8')));
  }

  /** Ends whatever this run still has in the process table and removes the project. */
  async dispose(): Promise<void> {
    const launch = await this.launch().catch(() => null);
    if (launch?.process != null) await signalGroup(launch.process, null, 'SIGKILL');
    await rm(this.project, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

const recordedSchema = z.object({
  type: z.string(),
  seq: z.number(),
  attempt: z.number(),
  step: z.number().optional(),
});
export type RecordedEvent = z.infer<typeof recordedSchema>;

export interface RunEnd {
  readonly result: Awaited<ReturnType<Trainer['run']>> | null;
  readonly error: unknown;
}

/** Polls until something is there; the test's own time-out is the limit. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
}

function configFor(project: string): RunConfig {
  return runConfigSchema.parse({
    v: 1,
    runId: 'run-one',
    model: { path: join(project, 'models/base'), digest: 'a'.repeat(64), trustRemoteCode: false },
    init: 'base',
    data: { path: join(project, 'rounds/0/train.jsonl'), rows: 1, sha256: 'b'.repeat(64) },
    promptForm: 'plain-v1',
    mode: 'full',
    objective: {},
    optim: {},
    precision: 'float32',
    gradCheckpoint: false,
    seed: 1,
    maxLen: 64,
    save: { everySteps: 4, keep: 2 },
    export: { path: join(project, 'models/student-1'), studentId: 'student-1', dtype: 'float32' },
    threads: 1,
    device: 'cpu',
  });
}
