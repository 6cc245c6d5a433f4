import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import type { TrainerEvent } from '../../core/training/events.ts';
import { MAX_LINE_BYTES, scanByteLines } from '../storage/byteLines.ts';
import { nodeFs } from '../storage/fs.ts';
import { parseEventLine } from '../trainer/eventLine.ts';
import type { ListedRun } from '../trainer/listRuns.ts';
import { madeStudent, type MadeStudent } from '../trainer/madeStudent.ts';
import { runPaths } from '../trainer/runFolder.ts';

type Done = Extract<TrainerEvent, { type: 'done' }>;

const CHUNK_BYTES = 64 * 1024;

/** What a report takes from a run's records; each look reads only what is new. */
export class RunFigures {
  readonly #run: Pick<ListedRun, 'folder' | 'runId'>;
  readonly #root: string;
  #offset = 0;
  #config: z.infer<typeof configSchema> | null = null;
  #artifacts: Done['artifacts'] | null = null;
  /** Tokens that went through the student; null while the run has no end on record. */
  tokens: number | null = null;
  /** The student that it made, as long as its weights exist. */
  made: MadeStudent | null = null;
  #gpuMB: number | null = null;
  #rssMB: number | null = null;

  /** `root` is the project's folder. */
  constructor(run: Pick<ListedRun, 'folder' | 'runId'>, root: string) {
    this.#run = run;
    this.#root = root;
  }

  /** Digest of the student that it began with; null while that is not known. */
  get from(): string | null {
    return this.#config?.model.digest ?? null;
  }

  /** Largest memory that the records tell of, in MB: the accelerator's where there is one; null = they tell of none. */
  get peakMemoryMB(): number | null {
    return this.#gpuMB ?? this.#rssMB;
  }

  async look(): Promise<void> {
    this.#config ??= await configOf(this.#run.folder);
    await this.#readEvents();
    const { export: to } = this.#config ?? {};
    this.made =
      to === undefined || this.#artifacts === null
        ? null
        : await madeStudent(this.#root, to, this.#artifacts);
  }

  async #readEvents(): Promise<void> {
    const path = runPaths(this.#run.folder).events;
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size <= this.#offset) return;
    await scanByteLines(path, {
      fs: nodeFs,
      from: this.#offset,
      maxLineBytes: MAX_LINE_BYTES,
      chunkBytes: CHUNK_BYTES,
      onLine: ({ bytes, byteOffset, length, overlong, terminated }) => {
        if (!terminated) return true;
        this.#offset = byteOffset + length + 1;
        if (overlong) return false;
        const parsed = parseEventLine(bytes.toString('utf8'), this.#run.runId);
        if (parsed.kind === 'event') this.#take(parsed.event);
        return false;
      },
    });
  }

  #take(event: TrainerEvent): void {
    if (event.type === 'done') {
      this.#artifacts = event.artifacts;
      this.tokens = event.summary.tokens;
    }
    if (event.type !== 'heartbeat') return;
    const { gpuMB, rssMB } = event;
    this.#rssMB = Math.max(this.#rssMB ?? 0, rssMB);
    if (gpuMB !== null) this.#gpuMB = Math.max(this.#gpuMB ?? 0, gpuMB);
  }
}

const MAX_CONFIG_BYTES = 1024 * 1024;

async function configOf(folder: string): Promise<z.infer<typeof configSchema> | null> {
  const path = runPaths(folder).config;
  try {
    if ((await stat(path)).size > MAX_CONFIG_BYTES) return null;
    return configSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Not written yet, or by something else: then it is not known where the run began, nor what it made.
    return null;
  }
}

const configSchema = z.object({
  model: z.object({ digest: z.string() }),
  export: z.object({ path: z.string(), studentId: z.string().regex(/^[\w.-]+$/u) }).optional(),
});
