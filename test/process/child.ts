import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running driver script: its lines, and its end. */
export interface Driver {
  readonly process: ChildProcess;
  /** All lines printed so far. */
  readonly lines: readonly string[];
  /** Resolves as soon as at least `count` lines were printed, or rejects when it ends before. */
  printed(count: number): Promise<readonly string[]>;
  /** Kills with SIGKILL and resolves when all its output has arrived. */
  kill(): Promise<void>;
  /** Resolves when it ended by itself and all its output has arrived. */
  readonly ended: Promise<void>;
}

/** Starts test/process/drivers/<name>.ts, which Node runs as it is. */
export function startDriver(
  name: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Driver {
  const script = fileURLToPath(new URL(`drivers/${name}.ts`, import.meta.url));
  return follow(
    spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'], ...options }),
  );
}

export function follow(child: ChildProcess): Driver {
  const lines: string[] = [];
  let errors = '';
  let wake: () => void = () => undefined;
  if (child.stdout === null) throw new Error('the driver has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  let over = false;
  const ended = once(child, 'close').then(() => {
    over = true;
    wake();
  });
  return {
    process: child,
    lines,
    ended,
    printed: async (count) => {
      while (lines.length < count) {
        if (over) throw new Error(`the driver ended after ${lines.length} lines: ${errors}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return lines;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
