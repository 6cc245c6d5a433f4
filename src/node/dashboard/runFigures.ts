import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import type { TrainerEvent } from '../../core/training/events.ts';
import { MAX_LINE_BYTES, scanByteLines } from '../storage/byteLines.ts';
import { nodeFs } from '../storage/fs.ts';
import { parseEventLine } from '../trainer/eventLine.ts';
import type { ListedRun } from '../trainer/listRuns.ts';
import { runPaths } from '../trainer/runFolder.ts';

const CHUNK_BYTES = 64 * 1024;

/** What a report takes from a run's records; each look reads only what is new. */
export class RunFigures {
  readonly #run: Pick<ListedRun, 'folder' | 'runId'>;
  #offset = 0;
  /** Digest of the student that it began with; null while that is not known. */
  from: string | null = null;
  #gpuMB: number | null = null;
  #rssMB: number | null = null;

  constructor(run: Pick<ListedRun, 'folder' | 'runId'>) {
    this.#run = run;
  }

  /** Largest memory that the records tell of, in MB: the accelerator's where there is one; null = they tell of none. */
  get peakMemoryMB(): number | null {
    return this.#gpuMB ?? this.#rssMB;
  }

  async look(): Promise<void> {
    this.from ??= await parentOf(this.#run.folder);
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
    if (event.type !== 'heartbeat') return;
    const { gpuMB, rssMB } = event;
    this.#rssMB = Math.max(this.#rssMB ?? 0, rssMB);
    if (gpuMB !== null) this.#gpuMB = Math.max(this.#gpuMB ?? 0, gpuMB);
  }
}

const MAX_CONFIG_BYTES = 1024 * 1024;

async function parentOf(folder: string): Promise<string | null> {
  const path = runPaths(folder).config;
  try {
    if ((await stat(path)).size > MAX_CONFIG_BYTES) return null;
    return parentSchema.parse(JSON.parse(await readFile(path, 'utf8'))).model.digest;
  } catch {
    // Not written yet, or by something else: then it is not known where the run began.
    return null;
  }
}

const parentSchema = z.object({ model: z.object({ digest: z.string() }) });
