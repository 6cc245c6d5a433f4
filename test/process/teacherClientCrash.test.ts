import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFaultServer } from '../fakes/faultServer.ts';
import { endpointFor, never, newBench, requestFor } from '../fakes/teacherBench.ts';

const QUESTIONS = 3;
let folder = '';
let script = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailor-crash-'));
  script = join(folder, 'child.mjs');
  await build({
    entryPoints: ['test/process/teacherCrashChild.ts'],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    external: ['openai'],
    alias: { openai: resolve('node_modules/openai/index.mjs') },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(rounds: string, baseURL: string, dieAt: number): Promise<string> {
  const child = spawn(
    process.execPath,
    [script, rounds, baseURL, String(dieAt), String(QUESTIONS)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  await once(child, 'close');
  return child.signalCode === 'SIGKILL' ? 'killed' : out;
}

describe('fault: crash between reply and record', () => {
  it('fault: crash between reply and record, at every journal operation: re-sent, counted "possibly billed"', async () => {
    const names = Array.from({ length: QUESTIONS }, (_, i) => `q${i}`);
    let outcome = 'killed';
    let points = 0;
    for (let dieAt = 1; outcome === 'killed'; dieAt += 1) {
      const server = await startFaultServer(() => ({ kind: 'reply' }));
      const bench = await newBench();
      try {
        outcome = await run(bench.folder, server.baseURL, dieAt);
        const sent = server.seen.length;
        const kept = (await bench.records()).filter(({ type }) => type === 'reply').length;
        // What was sent and is not on disk was in flight: two at most, and each is shown.
        expect(sent - kept).toBeLessThanOrEqual(2);
        const again = await bench.open(endpointFor(server.baseURL), { writer: 'w2' });
        expect(again.teacher.spending().possiblyBilled).toBeGreaterThanOrEqual(sent - kept);
        await Promise.all(names.map((name) => again.teacher.ask(requestFor(name), never)));
        expect(server.seen.length - sent).toBe(QUESTIONS - kept);
        const replies = (await bench.records()).filter(({ type }) => type === 'reply');
        expect(new Set(replies.map(({ questionId }) => questionId)).size).toBe(QUESTIONS);
        expect(replies).toHaveLength(QUESTIONS);
        points = dieAt;
      } finally {
        await bench.dispose();
        await server.close();
      }
    }
    expect(outcome).toMatch(/^done/u);
    expect(points).toBeGreaterThan(QUESTIONS * 2);
  });
});
