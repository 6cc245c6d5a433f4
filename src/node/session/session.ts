import { createHash } from 'node:crypto';
import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { loadProject, type LoadedProject } from '../project/loadProject.ts';
import { ProjectStore } from '../project/projectStore.ts';
import { removeAbandoned } from '../storage/abandoned.ts';
import { acquireLock, type Lock } from '../storage/lock.ts';
import type { BadLine } from '../storage/readJournal.ts';
import { assertWritable } from '../storage/safePath.ts';
import { claimWriter } from '../storage/writerSlot.ts';
import { AppError, isAppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Clock, Log, Report } from '../../core/ports.ts';
import type { TeacherSpending } from '../../core/teaching/teacher.ts';
import type { Agreement } from '../../core/round/agreement.ts';
import type { FindPython } from '../python/findPython.ts';

/** Where the parts of this installation lie; all absolute. */
export interface Assets {
  /** dist/engine.cjs */
  readonly engine: string;
  /** python-bridge */
  readonly bridge: string;
  /** media */
  readonly media: string;
  /** The folder of the installation itself. */
  readonly installation: string;
}

/** What a command runs in: the terminal's or the editor's side of everything. */
export interface Surroundings {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly log: Log;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly python?: string | undefined;
  /** A key that is kept for this very origin outside the environment; null where there is none. */
  readonly keyFor?: ((origin: string) => Promise<string | null>) | undefined;
  /** Asked before an interpreter is started for the first time; false refuses it. */
  readonly confirmPython?: FindPython['confirm'];
  readonly watch?: Watch | undefined;
  /** What a person agreed to; absent where the command itself is the yes. */
  readonly agreement?: Agreement | undefined;
  /** How training runs meet this process: by default one is started, and stopped when the work is. */
  readonly trainer?: TrainerManners | undefined;
}

/** A teacher while it is asked: what its calls have cost, and what they may cost. */
export interface OpenedTeaching {
  readonly profile: string;
  readonly programmatic: boolean;
  readonly maxRequests: number;
  readonly maxTotalTokens: number;
  /** The round's limit in money, where it has one that can hold. */
  readonly money: { readonly most: number; readonly currency: string } | null;
  spending(): TeacherSpending;
}

/** A training run while this process follows it; `folder` is its run folder. */
export interface FollowedRun {
  readonly folder: string;
  readonly runId: string;
}

/** Told what long work is about, beyond its progress; null when that is over. */
export interface Watch {
  teacher?(teaching: OpenedTeaching | null): void;
  /** The teacher made everyone wait until then (ms since the epoch). */
  paused?(until: number): void;
  training?(run: FollowedRun | null): void;
}

export interface TrainerManners {
  /** Aborting leaves the run alone: it goes on without this process. */
  readonly detach: boolean;
  /** Follows a run that is alive and takes over one that has finished, but starts none. */
  readonly attachOnly: boolean;
}

export interface SessionOptions {
  readonly folder: string;
  /** Another teacher profile than the project's. */
  readonly teacher?: string | undefined;
  /** Overrides the number of rounds of the project file. */
  readonly rounds?: number | undefined;
  /** Wait for a student's server that does not answer as the trained student yet. */
  readonly wait?: boolean | undefined;
}

/** A project opened for work by one process. */
export class Session {
  readonly root: string;
  readonly store: ProjectStore;
  readonly surroundings: Surroundings;
  readonly rounds: number;
  /** Whether a student's server is waited for. */
  readonly waits: boolean;
  readonly #release: () => Promise<void>;
  readonly #onBad: OnBad;
  #lock: Lock | undefined;

  private constructor(
    loaded: LoadedProject,
    store: ProjectStore,
    surroundings: Surroundings,
    options: SessionOptions,
    onBad: OnBad,
    release: () => Promise<void>,
  ) {
    this.root = loaded.root;
    this.store = store;
    this.surroundings = surroundings;
    this.rounds = options.rounds ?? loaded.file.rounds;
    this.waits = options.wait === true;
    this.#onBad = onBad;
    this.#release = release;
  }

  static async open(surroundings: Surroundings, options: SessionOptions): Promise<Session> {
    const loaded = await loadProject(options.folder);
    const project =
      options.teacher === undefined ? loaded.file : { ...loaded.file, teacher: options.teacher };
    const { clock, log } = surroundings;
    // A cloned project may hold links: nothing is written through one that leads elsewhere.
    for (const folder of ['.tailor/locks', 'rounds', 'models']) {
      await assertWritable(loaded.root, `${folder}/x`);
    }
    const slot = await claimWriter(join(loaded.root, '.tailor'), installationId(), { clock });
    const onBad = onceEach(log);
    const store = new ProjectStore({
      root: loaded.root,
      project,
      writer: slot.writer,
      clock,
      onBad: (bad) => onBad(bad, '; the rest is loaded.'),
    });
    return new Session(loaded, store, surroundings, options, onBad, async () => {
      await store.close();
      await slot.release();
    });
  }

  /** Tells of a line that could not be read, once however often it is met; `consequence` ends the sentence. */
  warnOf(bad: BadLine, consequence: string): void {
    this.#onBad(bad, consequence);
  }

  get tailorFolder(): string {
    return join(this.root, '.tailor');
  }

  /** One exam, teaching, freeze or training at a time in a project; a second is told who is at it. */
  async claimRun(): Promise<void> {
    const { clock } = this.surroundings;
    this.#lock ??= await acquireLock(join(this.tailorFolder, 'locks'), 'run', { clock }).catch(
      (error: unknown) => {
        throw atWork(error);
      },
    );
    await removeAbandoned(join(this.root, 'rounds'));
  }

  /** Does one piece of work that only one process may be at, and lets others at the project again. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const { clock } = this.surroundings;
    const lock = await acquireLock(join(this.tailorFolder, 'locks'), 'run', { clock }).catch(
      (error: unknown) => {
        throw atWork(error);
      },
    );
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }

  async close(): Promise<void> {
    await this.#lock?.release();
    await this.#release();
  }
}

type OnBad = (bad: BadLine, consequence: string) => void;

/** Several readers meet the same damaged line, and again after each change of its file. */
function onceEach(log: Log): OnBad {
  const told = new Set<string>();
  return ({ file, line, reason }, consequence) => {
    const found = `Line ${line} of ${file} ${String(reason)}`;
    if (told.has(found)) return;
    told.add(found);
    log.warn(`${found}${consequence}`);
  };
}

/** A lock's name means nothing to a person: what it stands for is the project's one piece of work. */
function atWork(error: unknown): unknown {
  if (!isAppError(error, 'lock.held')) return error;
  const { pid, host, since } = error.detail;
  return new AppError(
    'lock.held',
    sentence`This project is at work already: process ${String(pid)} on ${String(host)}, since ${String(since)}.`,
    {
      hint: sentence`One exam, teaching, freeze or training runs at a time: wait until it ends, or stop it where it was started.`,
      cause: error,
      detail: error.detail,
    },
  );
}

/** Names this person on this computer in file names, without saying who they are. */
function installationId(): string {
  const about = `${hostname()}\0${safeUser()}\0${homedir()}`;
  return `w${createHash('sha256').update(about).digest('hex').slice(0, 10)}`;
}

function safeUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return String(process.getuid?.() ?? 'nobody');
  }
}
