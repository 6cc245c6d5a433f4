import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');

/** Runs the built command line to its end; never through a shell, with a settings folder of its own. */
export function tailor(args: readonly string[], cwd: string): Promise<Outcome> {
  const env = { ...process.env, XDG_CONFIG_HOME: join(cwd, 'no-settings') };
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** The one JSON object that a command with --json prints; anything else on standard output is an error. */
export function onlyJson({ out }: Outcome): Record<string, unknown> {
  const lines = out.split('\n');
  if (lines.length !== 2 || lines[1] !== '')
    throw new Error(`not one line: ${JSON.stringify(out)}`);
  // SAFETY: the callers compare what they read.
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}
