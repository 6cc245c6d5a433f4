import type { TrainerEvent } from '../../src/core/training/events.ts';

export const RUN_ID = 'r0-test';

type Of<T extends TrainerEvent['type']> = Extract<TrainerEvent, { type: T }>;
type Body<T extends TrainerEvent['type']> = Partial<Of<T>>;

const BODIES = {
  hello: {
    protocol: [1],
    version: '0.1.0',
    python: '3.11',
    torch: '2',
    transformers: '5',
    pid: 1,
    startTime: '1',
    host: 'somewhere',
    nonce: 'n',
  },
  ready: {
    device: [{ kind: 'cpu', name: 'CPU', memoryMB: 1000 }],
    worldSize: 1,
    backend: 'none',
    workerPid: 2,
    precision: 'float32',
    reasons: {},
  },
  accepted: {
    configHash: 'c',
    dataHash: 'd',
    steps: 100,
    rows: 30,
    pairCoverage: { questions: 10, withPair: 6, bySource: { teacher: 30 } },
    dropped: [],
    droppedCount: 0,
  },
  phase: { name: 'training' },
  reference: { done: 1, of: 4 },
  progress: { step: 1, steps: 100, epoch: 0.1, etaMs: 5000 },
  metrics: {
    step: 1,
    epoch: 0.1,
    loss: 1,
    lm: 1,
    pair: 0.5,
    cosPos: 0.9,
    cosNeg: 0.8,
    activeFrac: 1,
    preference: null,
    pairsInBatch: 4,
    lr: 0.001,
    gradNorm: 2,
    tokPerS: 100,
    padFrac: 0,
    memMB: 400,
    bySource: {},
  },
  sample: {
    epoch: 1,
    step: 10,
    questionId: 'd-1',
    text: ' 3 + 4 = 7.\nAnswer: 7\n',
    answer: '7',
    correct: true,
    finish: 'stop',
  },
  eval: {
    epoch: 1,
    step: 10,
    split: 'probe',
    n: 1,
    correct: 1,
    unextracted: 0,
    ci: [0.2, 1],
    seconds: 1,
  },
  checkpoint: { path: 'c', step: 10, kind: 'periodic' },
  oom: { microBatch: 8, newMicroBatch: 4 },
  warning: { code: 'W', message: 'Careful.' },
  log: { level: 'info', msg: 'words' },
  heartbeat: { step: 1, stepAgeMs: 1, rssMB: 500, gpuMB: null },
  error: {
    code: 'OOM',
    message: 'No memory.',
    hint: 'Less.',
    traceback: null,
    retryable: true,
  },
  done: {
    artifacts: [],
    summary: {
      steps: 100,
      seconds: 61.4,
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
  cancelled: { checkpoint: null },
} as const;

let seq = 0;

/** A record of the trainer as its type says; what matters to a test is given. */
export function record<T extends TrainerEvent['type']>(type: T, body: Body<T> = {}): TrainerEvent {
  seq += 1;
  const envelope = { v: 1, seq, attempt: 1, t: '2026-01-01T00:00:00.000Z', runId: RUN_ID, type };
  // SAFETY: the body of this very type, and the envelope all share; the schema's own test holds them together.
  return { ...envelope, ...BODIES[type], ...body } as unknown as TrainerEvent;
}
