import { runWhole } from '../../src/core/runWhole.ts';
import { AppError } from '../../src/core/errors.ts';
import { compareSteps, defaultPair, type Compared } from '../../src/core/report/comparison.ts';
import { dashboardState } from '../../src/core/report/dashboard.ts';
import { listed, listOf } from '../../src/core/report/lists.ts';
import type { Picture } from '../../src/core/report/picture.ts';
import { connect } from '../../src/shared/connect.ts';
import type { Client, Handlers } from '../../src/shared/contract.ts';
import {
  dashboardContract,
  type DashboardContract,
  type DashboardState,
} from '../../src/shared/dashboardContract.ts';
import { DASHBOARD_STRINGS } from '../../src/shared/dashboardStrings.ts';
import { serve } from '../../src/shared/serve.ts';
import type { Point, TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { TRAINING_STRINGS } from '../../src/shared/trainingStrings.ts';
import { boardProject, type ProjectOptions } from './boardProject.ts';
import { portPair } from './channelPair.ts';

interface Pair {
  readonly from: number;
  readonly to: number;
  readonly set: string;
}

/** Projects of tests that are made once: they are only read. */
const projects = new Map<string, Picture>();
const compared = new WeakMap<Picture, Map<string, Compared | null>>();

function projectOf(options: ProjectOptions): Picture {
  const key = JSON.stringify(options);
  const made = projects.get(key) ?? boardProject(options);
  projects.set(key, made);
  return made;
}

function compare(picture: Picture, { from, to, set }: Pair): Compared | null {
  const known = compared.get(picture) ?? new Map<string, Compared | null>();
  compared.set(picture, known);
  const key = `${from} ${to} ${set}`;
  const found = known.get(key) ?? runWhole(compareSteps(picture, { from, to, set }));
  known.set(key, found);
  return found;
}

export interface BoardOptions extends ProjectOptions {
  /** Laid over every state. */
  readonly over?: Partial<DashboardState>;
}

/** A host in memory over the report's own reading of a project: same numbers, same tests, same lists, no files. */
export class BoardHost {
  readonly calls: { readonly method: string; readonly params: unknown }[] = [];
  /** Set to make the next request but `init` fail with this sentence. */
  refuse: string | null = null;
  /** Set to keep `init` waiting for ever. */
  silent = false;
  over: Partial<DashboardState>;
  picture: Picture;
  #rev = 1;
  #compared: Compared | null;
  readonly #listeners = new Set<(state: DashboardState) => void>();

  constructor({ over = {}, ...project }: BoardOptions = {}) {
    this.over = over;
    this.picture = projectOf(project);
    const pair = defaultPair(this.picture);
    this.#compared = pair && compare(this.picture, pair);
  }

  state(): DashboardState {
    const beside = { rev: this.#rev, compared: this.#compared, training: null, probes: [] };
    return { ...dashboardState(this.picture, beside, String), ...this.over };
  }

  onState(listener: (state: DashboardState) => void): void {
    this.#listeners.add(listener);
  }

  /** Something else is shown from now on. */
  tell(over: Partial<DashboardState> = {}): number {
    this.#rev += 1;
    this.over = { ...this.over, ...over };
    this.send(this.state());
    return this.#rev;
  }

  send(state: DashboardState): void {
    for (const listener of this.#listeners) listener(state);
  }

  handlers(): Handlers<DashboardContract> {
    const all: Handlers<DashboardContract> = {
      init: () => {
        if (this.silent) return new Promise(() => undefined);
        return { state: this.state(), strings: { ...TRAINING_STRINGS, ...DASHBOARD_STRINGS } };
      },
      compare: (pair) => {
        this.#compared = compare(this.picture, pair);
        return { rev: this.tell() };
      },
      list: ({ list, from, count }) => {
        const pair = list.kind === 'change' ? compare(this.picture, list) : null;
        return listed(this.picture, listOf(this.picture, list, pair), { from, count });
      },
      open: () => ({}),
      export: () => ({ saved: true }),
      run: () => ({}),
      showRun: () => ({ rev: this.tell() }),
    };
    const noted = Object.entries(all).map(([method, handler]) => [
      method,
      (params: unknown, signal: unknown) => {
        this.calls.push({ method, params });
        const { refuse } = this;
        this.refuse = null;
        if (refuse !== null) throw new AppError('usage', refuse, { hint: 'Do something else.' });
        // SAFETY: `serve` parsed the parameters by the schema of this very method.
        return (handler as (params: unknown, signal: unknown) => unknown)(params, signal);
      },
    ]);
    // SAFETY: one handler for every request of the contract, each as it stands above.
    return Object.fromEntries(noted) as Handlers<DashboardContract>;
  }
}

/** A client of a host in memory. */
export function boardClient(host: BoardHost): Client<DashboardContract> {
  const [here, there] = portPair();
  const server = serve(dashboardContract, there, host.handlers());
  host.onState((state) => server.emit('state', state));
  return connect(dashboardContract, here);
}

/** What runs with triplets do not measure. */
export const NO_PREFERENCE = {
  logpChosen: null,
  logpRejected: null,
  margin: null,
  accuracy: null,
} as const;

const point = (step: number): Point => ({
  ...NO_PREFERENCE,
  step,
  lm: 0.35 + 2.2 * Math.exp(-step / 130) + 0.05 * Math.sin(step * 1.7),
  pair: step % 2 === 0 ? 0.08 + 0.6 * Math.exp(-step / 180) : null,
  loss: 1,
  cosPos: 0.94 - 0.2 * Math.exp(-step / 90),
  cosNeg: 0.3 + 0.5 * Math.exp(-step / 160),
  activeFrac: 0.2 + 0.7 * Math.exp(-step / 200),
  lr: 0.0002 * Math.min(1, step / 30),
  gradNorm: 1.1,
  tokPerS: 812,
});

const TRIPLET = {
  mode: 'full',
  pair: { kind: 'triplet', ratio: 0.1, margin: 1, repr: 'last' },
  epochs: 3,
  lr: 0.0002,
};

/** A training in its middle, or as it is laid over. */
export function trainingOf(over: Partial<TrainingSnapshot> = {}): TrainingSnapshot {
  return {
    rev: 1,
    project: 'shells',
    round: 2,
    runId: 'r2-run',
    runs: [
      { round: 0, runId: 'r0-run', state: 'done', settings: null },
      { round: 1, runId: 'r1-run', state: 'done', settings: TRIPLET },
      { round: 2, runId: 'r2-run', state: 'open', settings: TRIPLET },
    ],
    state: 'running',
    phase: 'training',
    part: null,
    step: 412,
    steps: 570,
    epoch: 2.17,
    etaMs: 242_000,
    device: 'CPU',
    precision: 'float32',
    coverage: { rows: 165, questions: 110, withPair: 36 },
    points: Array.from({ length: 412 }, (_, at) => point(at + 1)),
    bySource: {
      feedback: {
        ...NO_PREFERENCE,
        ...{ n: 40, lm: 0.41, pair: 0.13, cosPos: 0.98, cosNeg: 0.86, activeFrac: 1 },
      },
      self: {
        ...NO_PREFERENCE,
        ...{ n: 21, lm: 0.22, pair: 0.1, cosPos: 0.99, cosNeg: 0.9, activeFrac: 1 },
      },
    },
    bySourceSteps: 20,
    sourceCurves: ['feedback', 'self'].map((source, which) => ({
      source,
      points: Array.from({ length: 80 }, (_, at) => ({
        step: 5 * (at + 1),
        lm: 0.4 - 0.18 * which + (2 - which) * Math.exp(-at / 24),
      })),
    })),
    messages: [],
    firstBatch: null,
    memoryMB: 3412.6,
    canStop: true,
    ...over,
  };
}

/** The same questions after each of three epochs. */
export const PROBES: DashboardState['probes'] = ['dev-0007', 'dev-0031'].map((id, which) => ({
  questionId: id,
  question:
    'Hana has 9 boxes with 10 shells in each, and finds 2 more on the beach. How many shells does she have in all?',
  gold: '92',
  choices: [],
  samples: [0, 1, 2].map((epoch) => {
    const right = epoch > which;
    return {
      epoch,
      text: right
        ? ' In 9 boxes of 10 lie 9 * 10 = 90 shells.\nWith 2 more there are 90 + 2 = 92.\nAnswer: 92'
        : ' There are 9 + 10 = 19 shells.\n19 + 2 = 21.\nAnswer: 21',
      answer: right ? '92' : epoch === 0 && which === 1 ? null : '21',
      right,
    };
  }),
}));
