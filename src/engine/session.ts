import { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../core/errors.ts';
import { sentence } from '../core/sentence.ts';
import { GraphWriter } from './onnxWriter.ts';

/** A tensor at onnxruntime's border. Inputs are passed by pointer: whoever owns the data may change it between runs. */
export type GraphTensor = Tensor;
export type Feeds = Record<string, GraphTensor>;

export interface SessionOptions {
  /** Absolute real path of the folder of external data. */
  readonly dataFolder: string;
  readonly threads: number;
}

/** A loaded graph. */
export class GraphSession {
  private readonly session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.session = session;
  }

  static async load(model: Uint8Array, options: SessionOptions): Promise<GraphSession> {
    try {
      return new GraphSession(await InferenceSession.create(model, sessionOptions(options)));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
      throw new AppError('engine.load', sentence`onnxruntime could not load the student.`, {
        hint: sentence`Check that the weight file is complete; copy or export the student again.`,
        cause,
        detail: { folder: options.dataFolder, reason },
      });
    }
  }

  async run(feeds: Feeds): Promise<Outputs> {
    return new Outputs(await this.session.run(feeds));
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

/** The outputs of one run: onnxruntime copies each of them into a fresh buffer. */
export class Outputs {
  private readonly values: InferenceSession.OnnxValueMapType;

  constructor(values: InferenceSession.OnnxValueMapType) {
    this.values = values;
  }

  f32(name: string): Float32Array {
    const data = this.values[name]?.data;
    if (data instanceof Float32Array) return data;
    throw new TypeError(`output ${name} is not float32`);
  }

  i32(name: string): Int32Array {
    const data = this.values[name]?.data;
    if (data instanceof Int32Array) return data;
    throw new TypeError(`output ${name} is not int32`);
  }
}

/**
 * What every session runs with. Spinning is off because one busy neighbour (a person who types) more than doubles a
 * step when idle threads spin (exam-engine.md §1).
 */
export function sessionOptions({
  dataFolder,
  threads,
}: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Failures arrive as exceptions with their reason; onnxruntime's own lines on stderr would only repeat them.
    logSeverityLevel: 4,
    extra: {
      session: {
        model_external_initializers_file_folder_path: dataFolder,
        intra_op: { allow_spinning: '0' },
        inter_op: { allow_spinning: '0' },
      },
    },
  };
}

export function f32Tensor(data: Float32Array, dims: readonly number[]): GraphTensor {
  return new Tensor('float32', data, dims);
}

export function i64Tensor(data: BigInt64Array, dims: readonly number[]): GraphTensor {
  return new Tensor('int64', data, dims);
}

const PROBE_FLOATS = 4 * 1024 * 1024;
/** Passing the probe by pointer takes about 0.02 ms, copying its 16 MB at least 1.5 ms. */
const COPY_MS = 0.5;
const TRIES = 50;

/**
 * Whether inputs reach onnxruntime without a copy: true for the pinned release. A build that copies would move the whole
 * K/V cache at every step, so it is measured and said, not assumed. `runProbe` is for tests.
 */
export async function isZeroCopy(runProbe: (probe: Feeds) => Promise<void>): Promise<boolean> {
  const probe = { x: f32Tensor(new Float32Array(PROBE_FLOATS), [PROBE_FLOATS]) };
  // One quick run proves it; slow ones prove nothing on a busy computer, so they are repeated before they count.
  for (let i = 0; i < TRIES; i++) {
    const start = performance.now();
    await runProbe(probe);
    if (performance.now() - start < COPY_MS) return true;
  }
  return false;
}

/** Runs the zero-copy self test on a graph that never reads its input. */
export async function zeroCopySelfTest(): Promise<boolean> {
  const g = new GraphWriter();
  g.input('x', 'f32', ['N']);
  g.node('Shape', ['x'], {}, 'n');
  g.output('n', 'i64', [1]);
  const session = await GraphSession.load(g.finish(), { dataFolder: '', threads: 1 });
  try {
    return await isZeroCopy(async (probe) => {
      await session.run(probe);
    });
  } finally {
    await session.release();
  }
}
