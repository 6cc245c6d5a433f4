import type { Clock } from '../../core/ports.ts';
import type { ProbeSample, TaleTexts } from '../../core/training/runTale.ts';
import type { RunSettings, TrainingSnapshot } from '../../shared/trainingContract.ts';
import { filled, type TrainingText } from '../../shared/trainingStrings.ts';
import { listRuns, type ListedRun } from './listRuns.ts';
import { RunReader, type Standing } from './runReader.ts';
import { readRunSettings } from './runSettings.ts';

export interface TrainingViewOptions {
  readonly root: string;
  readonly project: string;
  readonly clock: Clock;
  readonly strings: Readonly<Record<TrainingText, string>>;
  /** How often the files are looked at; views hear of it no more often. */
  readonly pollMs?: number;
  readonly silenceMs?: number;
}

const POLL_MS = 500;
/** How many looks at the growing file pass before the process and the list of runs are looked at again. */
const SLOW_EVERY = 4;

const NONE: Standing = { state: 'none', failure: null, here: false };

/** A project's training, run by run: what a person sees of it, made from the run folders alone. */
export class TrainingView {
  readonly #options: TrainingViewOptions;
  readonly #texts: TaleTexts;
  readonly #listeners = new Set<(snapshot: TrainingSnapshot) => void>();
  readonly #abort = new AbortController();
  #runs: readonly ListedRun[] = [];
  /** By run folder; a run's settings are written once, before it starts. */
  readonly #settings = new Map<string, RunSettings>();
  #reader: RunReader | null = null;
  #standing: Standing = NONE;
  /** The run that a person picked; null follows the newest. */
  #picked: { readonly round: number; readonly runId: string } | null = null;
  #rev = 0;
  #shown = '';
  #looking: Promise<void> = Promise.resolve();

  private constructor(options: TrainingViewOptions) {
    this.#options = options;
    const say =
      (key: TrainingText) =>
      (...parts: readonly (string | number)[]) =>
        filled(options.strings[key], parts);
    this.#texts = {
      checkpoint: say('host.checkpoint'),
      outOfMemory: say('host.outOfMemory'),
      resumed: say('host.resumed'),
      probed: say('host.probed'),
      dropped: say('host.dropped'),
      stopped: say('host.stopped'),
      done: say('host.done'),
    };
  }

  /** Reads the project's newest run and keeps up with it until disposed. */
  static async open(options: TrainingViewOptions): Promise<TrainingView> {
    const view = new TrainingView(options);
    await view.look(true);
    void view.#follow();
    return view;
  }

  /** The run folder that is shown, for its log and for stopping it. */
  get run(): ListedRun | null {
    return this.#reader?.run ?? null;
  }

  /** What the shown run's probes were answered so far. */
  get probes(): readonly ProbeSample[] {
    return this.#reader?.tale.probes ?? [];
  }

  onSnapshot(listener: (snapshot: TrainingSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Shows another run; the newest is followed again once it is picked. */
  async show(round: number, runId: string): Promise<number> {
    const newest = this.#runs.at(-1);
    const isNewest = newest?.round === round && newest.runId === runId;
    this.#picked = isNewest ? null : { round, runId };
    await this.look(true);
    return this.#rev;
  }

  snapshot(): TrainingSnapshot {
    const reader = this.#reader;
    const tale = reader?.tale;
    const { state, failure, here } = this.#standing;
    const sources = tale?.bySource ?? { means: {}, steps: 0 };
    return {
      rev: this.#rev,
      project: this.#options.project,
      round: reader?.run.round ?? null,
      runId: reader?.run.runId ?? null,
      runs: this.#runs.map(({ round, runId, state: of, folder }) => ({
        ...{ round, runId, state: of },
        settings: this.#settings.get(folder) ?? null,
      })),
      state,
      phase: tale?.phase ?? null,
      part: tale?.part ?? null,
      step: tale?.step ?? 0,
      steps: tale?.steps ?? 0,
      epoch: tale?.epoch ?? 0,
      etaMs: state === 'running' ? (tale?.etaMs ?? null) : null,
      device: tale?.device ?? null,
      precision: tale?.precision ?? null,
      coverage: tale?.coverage ?? null,
      points: [...(tale?.points ?? [])],
      bySource: sources.means,
      bySourceSteps: sources.steps,
      sourceCurves: tale?.sourceCurves ?? [],
      messages: [...(tale?.messages ?? []), ...(failure ? [failure] : [])],
      firstBatch: reader?.firstBatch ?? null,
      memoryMB: tale?.memoryMB ?? null,
      canStop: here && ['starting', 'running', 'silent', 'stopping'].includes(state),
    };
  }

  dispose(): void {
    this.#abort.abort();
    this.#listeners.clear();
  }

  /** Looks at the files once; `all` looks at the process and for other runs too. */
  look(all: boolean): Promise<void> {
    const turn = this.#looking.then(() => this.#look(all));
    this.#looking = turn.catch(() => undefined);
    return turn;
  }

  async #follow(): Promise<void> {
    const { clock, pollMs = POLL_MS } = this.#options;
    const { signal } = this.#abort;
    for (let turn = 1; ; turn += 1) {
      await clock.sleep(pollMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.look(turn % SLOW_EVERY === 0).catch(() => undefined);
    }
  }

  async #look(all: boolean): Promise<void> {
    if (all || this.#runs.length === 0) this.#runs = await listRuns(this.#options.root);
    for (const { folder } of this.#runs) {
      if (this.#settings.has(folder)) continue;
      const settings = await readRunSettings(folder);
      if (settings !== null) this.#settings.set(folder, settings);
    }
    const { clock, silenceMs } = this.#options;
    const wanted = this.#wanted();
    if (wanted?.folder !== this.#reader?.run.folder) {
      this.#reader = wanted ? new RunReader(wanted, this.#texts, clock, silenceMs) : null;
    }
    const reader = this.#reader;
    const grown = (await reader?.read()) ?? false;
    if (all || (grown && reader?.tale.end !== null)) {
      this.#standing = reader ? await reader.standing() : NONE;
    }
    this.#tell();
  }

  #wanted(): ListedRun | null {
    const picked = this.#runs.find(
      ({ round, runId }) => round === this.#picked?.round && runId === this.#picked.runId,
    );
    return picked ?? this.#runs.at(-1) ?? null;
  }

  /** A new revision only where something that is shown is different. */
  #tell(): void {
    const shown = JSON.stringify({ ...this.snapshot(), rev: 0 });
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#rev += 1;
    const snapshot = this.snapshot();
    for (const listener of [...this.#listeners]) listener(snapshot);
  }
}
