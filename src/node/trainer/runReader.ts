import { stat } from 'node:fs/promises';
import { isAppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { RunTale, type TaleTexts } from '../../core/training/runTale.ts';
import type { TrainingSnapshot, TrainingState } from '../../shared/trainingContract.ts';
import { MAX_LINE_BYTES, scanByteLines } from '../storage/byteLines.ts';
import { nodeFs } from '../storage/fs.ts';
import { thisHost } from '../storage/processIdentity.ts';
import { classifyEnd } from './classify.ts';
import { parseEventLine } from './eventLine.ts';
import type { ListedRun } from './listRuns.ts';
import { readLogTail } from './logTail.ts';
import { isGroupRunning } from './processGroup.ts';
import { readFirstBatch } from './readFirstBatch.ts';
import { readCancel, readExit, readLaunch, runPaths, type RunPaths } from './runFolder.ts';
import { SILENCE_MS } from './silence.ts';

/** How a run that said nothing of its end stands. */
export interface Standing {
  readonly state: TrainingState;
  /** Why it failed, where its own records do not say. */
  readonly failure: TrainingSnapshot['messages'][number] | null;
  /** Whether a request of this computer can stop it. */
  readonly here: boolean;
}

/** Reads one run folder as it grows, and nothing twice. Touches nothing. */
export class RunReader {
  readonly run: ListedRun;
  readonly tale: RunTale;
  firstBatch: TrainingSnapshot['firstBatch'] = null;
  readonly #paths: RunPaths;
  readonly #clock: Clock;
  readonly #silenceMs: number;
  #offset = 0;
  #heardAt = 0;
  #batchOfAttempt = -1;

  constructor(run: ListedRun, texts: TaleTexts, clock: Clock, silenceMs = SILENCE_MS) {
    this.run = run;
    this.tale = new RunTale(texts);
    this.#paths = runPaths(run.folder);
    this.#clock = clock;
    this.#silenceMs = silenceMs;
  }

  /** Takes in what was written since the last time; false when that is nothing. */
  async read(): Promise<boolean> {
    const size = await stat(this.#paths.events).then(
      (found) => found.size,
      () => 0,
    );
    if (size <= this.#offset) return false;
    const first = this.#offset === 0;
    await scanByteLines(this.#paths.events, {
      fs: nodeFs,
      from: this.#offset,
      maxLineBytes: MAX_LINE_BYTES,
      onLine: ({ bytes, byteOffset, length, overlong, terminated }) => {
        if (!terminated) return true;
        this.#offset = byteOffset + length + 1;
        if (!overlong) this.#take(bytes.toString('utf8'));
        return false;
      },
    });
    // What was there before anybody looked was written at the file's own time.
    this.#heardAt = first ? Math.min(this.run.at, this.#clock.now()) : this.#clock.now();
    await this.#readBatch();
    return true;
  }

  #take(line: string): void {
    const parsed = parseEventLine(line, this.run.runId);
    if (parsed.kind === 'event') this.tale.take(parsed.event);
  }

  async #readBatch(): Promise<void> {
    const { attempt } = this.tale;
    if (this.#batchOfAttempt === attempt && this.firstBatch !== null) return;
    this.#batchOfAttempt = attempt;
    this.firstBatch = (await readFirstBatch(this.run.folder)) ?? this.firstBatch;
  }

  /** Looks at the process as well: a dead one writes nothing. */
  async standing(): Promise<Standing> {
    const { end } = this.tale;
    const none = { failure: null, here: false };
    if (end?.type === 'done') return { state: 'done', ...none };
    if (end?.type === 'error') return { state: 'failed', ...none };
    if (end?.type === 'cancelled') return { state: 'cancelled', ...none };
    const launch = await readLaunch(this.#paths);
    const host = this.tale.host ?? launch?.host ?? null;
    const silent = this.#heardAt > 0 && this.#clock.now() - this.#heardAt >= this.#silenceMs;
    if (host !== null && host !== thisHost()) {
      return { state: silent ? 'silent' : this.#alive(), ...none };
    }
    const process = launch?.process ?? this.tale.hello;
    if (process === null)
      return { state: launch?.failed === true ? 'failed' : 'starting', ...none };
    if (!(await isGroupRunning(process, this.tale.workerPid))) return this.#gone();
    const asked = await readCancel(this.#paths);
    const stopping = asked !== null && asked.attempt >= this.tale.attempt;
    const state = stopping ? 'stopping' : silent ? 'silent' : this.#alive();
    return { state, failure: null, here: true };
  }

  #alive(): TrainingState {
    return this.tale.step > 0 || this.tale.phase === 'training' ? 'running' : 'starting';
  }

  /** Ended without a word: the exit and the log say what they can. */
  async #gone(): Promise<Standing> {
    // What it wrote last may lie there still unread.
    await this.read();
    if (this.tale.end !== null) return this.standing();
    const launch = await readLaunch(this.#paths);
    const error = classifyEnd({
      exit: (await readExit(this.#paths)) ?? { code: null, signal: null },
      logTail: await readLogTail(this.#paths.log, launch?.logOffset ?? 0),
      record: null,
      saidHello: this.tale.hello !== null,
      logPath: this.#paths.log,
    });
    const t = new Date(this.#heardAt || this.#clock.now()).toISOString();
    const { message: text, hint = null } = isAppError(error) ? error : { message: String(error) };
    return { state: 'failed', failure: { t, level: 'error', text, hint }, here: false };
  }
}
