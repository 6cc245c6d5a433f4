import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEventLine } from './eventLine.ts';
import { runPaths } from './runFolder.ts';

/** A run folder of a project. */
export interface ListedRun {
  readonly round: number;
  readonly runId: string;
  readonly folder: string;
  /** By its last record; `open` = none that ends it. */
  readonly state: 'open' | 'done' | 'failed' | 'cancelled';
  /** When its file was written last, in ms. */
  readonly at: number;
  /** The same by its own clock: a copy of a project, as git makes it, has files of other times. */
  readonly wroteAt: number;
}

const TAIL_BYTES = 64 * 1024;
const ENDS: ReadonlyMap<string, ListedRun['state']> = new Map([
  ['done', 'done'],
  ['error', 'failed'],
  ['cancelled', 'cancelled'],
]);
const RUN_ID = /^[a-z0-9-]{4,64}$/u;

/** Every training run of a project, the one that wrote last at the end. Reads the end of each only. */
export async function listRuns(root: string): Promise<ListedRun[]> {
  const rounds = join(root, 'rounds');
  const found: ListedRun[] = [];
  for (const round of await names(rounds)) {
    if (!/^\d+$/u.test(round)) continue;
    for (const runId of await names(join(rounds, round, 'runs'))) {
      if (!RUN_ID.test(runId)) continue;
      const folder = join(rounds, round, 'runs', runId);
      const at = await writtenAt(folder);
      if (at === null) continue;
      const { state, wroteAt } = await lastWord(folder, runId);
      found.push({ round: Number(round), runId, folder, state, at, wroteAt: wroteAt ?? at });
    }
  }
  return found.sort((a, b) => a.wroteAt - b.wroteAt || a.at - b.at);
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

/** Null where there is no run. */
async function writtenAt(folder: string): Promise<number | null> {
  const { events, config } = runPaths(folder);
  for (const path of [events, config]) {
    const found = await stat(path).catch(() => null);
    if (found) return found.mtimeMs;
  }
  return null;
}

/** What its last record says; `wroteAt` is null where none can be read. */
async function lastWord(
  folder: string,
  runId: string,
): Promise<{ readonly state: ListedRun['state']; readonly wroteAt: number | null }> {
  const nothing = { state: 'open', wroteAt: null } as const;
  const file = await open(runPaths(folder).events, 'r').catch(() => null);
  if (!file) return nothing;
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n').reverse();
    for (const line of lines) {
      const parsed = parseEventLine(line, runId);
      if (parsed.kind !== 'event') continue;
      const { type, t } = parsed.event;
      const wroteAt = Date.parse(t);
      return {
        state: ENDS.get(type) ?? 'open',
        wroteAt: Number.isNaN(wroteAt) ? null : wroteAt,
      };
    }
    return nothing;
  } finally {
    await file.close();
  }
}
