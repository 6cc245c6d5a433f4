/**
 * The teacher client: its pace in 300 calls to a loopback server that allows 20 requests a second (bursts of 10), with
 * and without `x-ratelimit-*` headers; and 10,000 calls to a server without a limit, each journalled before it is used,
 * with the peak memory of the client's process. Writes test/bench/results/teacher.json. Run: npm run bench -- teacher
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { startFaultServer } from '../fakes/faultServer.ts';
import { endpointFor, never, newBench, requestFor } from '../fakes/teacherBench.ts';

const CALLS = 300;
const PER_SECOND = 20;
const BURST = 10;
const LATENCY_MS = 50;
const MANY = 10_000;
const RUNS = 3;
const MIB = 1024 * 1024;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
/** Work of the whole machine in the last minute: figures of a busy one are figures of a busy one. */
const load = (): number => rounded(loadavg()[0] ?? Number.NaN, 1);

interface Pace {
  readonly shareOfIdeal: number;
  readonly [name: string]: number | boolean;
}

async function measure(announce: boolean): Promise<Pace> {
  const server = await startFaultServer(() => ({ kind: 'reply', delayMs: LATENCY_MS }), {
    perSecond: PER_SECOND,
    burst: BURST,
    announce,
  });
  const bench = await newBench();
  const opened = await bench.open(
    endpointFor(server.baseURL, { initialRate: 16, maxRate: 1000, concurrency: 16 }),
    { options: { cooldownMs: 1000 } },
  );
  // The client library is loaded on first use; that is not pacing.
  await import('openai');
  const loadBefore = load();
  const started = performance.now();
  const settled = await Promise.allSettled(
    Array.from({ length: CALLS }, (_, i) => opened.teacher.ask(requestFor(`q${i}`), never)),
  );
  const seconds = (performance.now() - started) / 1000;
  const ideal = (CALLS - BURST) / PER_SECOND;
  const result = {
    announced: announce,
    calls: CALLS,
    seconds: rounded(seconds, 2),
    idealSeconds: ideal,
    shareOfIdeal: rounded(ideal / seconds, 3),
    refused429: server.refused(),
    lost: settled.filter(({ status }) => status === 'rejected').length,
    peakInFlight: server.peak(),
    load: loadBefore,
  };
  await bench.dispose();
  await server.close();
  return result;
}

/** The run in the middle of several: one is at the mercy of what else the machine does. */
async function middleOf(announce: boolean): Promise<object> {
  const runs: Pace[] = [];
  for (let nth = 0; nth < RUNS; nth += 1) runs.push(await measure(announce));
  const sorted = [...runs].sort((a, b) => a.shareOfIdeal - b.shareOfIdeal);
  const shares = sorted.map(({ shareOfIdeal }) => shareOfIdeal);
  return { ...sorted[Math.floor(RUNS / 2)], runs: RUNS, shares };
}

async function measureMany(): Promise<Record<string, number>> {
  const child = spawn(process.execPath, [`${import.meta.dirname}/teacherServer.ts`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [baseURL] = (await once(createInterface(child.stdout), 'line')) as [string];
  const bench = await newBench();
  const opened = await bench.open(
    endpointFor(baseURL, { initialRate: 10_000, maxRate: 100_000, concurrency: 16 }),
    { budget: { maxRequests: MANY, maxTotalTokens: 1e9 } },
  );
  const loadBefore = load();
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  let next = 0;
  let lost = 0;
  // As many at a time as a round asks.
  const asking = Array.from({ length: opened.concurrency }, async () => {
    while (next < MANY) {
      next += 1;
      await opened.teacher.ask(requestFor(`q${next}`), never).catch(() => (lost += 1));
    }
  });
  await Promise.all(asking);
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  const cpu = process.cpuUsage(cpuBefore);
  const { requests } = opened.teacher.spending();
  const result = {
    calls: MANY,
    requests,
    seconds: rounded(seconds, 1),
    perSecond: Math.round(MANY / seconds),
    cpuMsPerCall: rounded((cpu.user + cpu.system) / 1000 / MANY, 1),
    lost,
    memoryBeforeMiB: Math.round(before / MIB),
    peakMemoryMiB: Math.round(peak / MIB),
    load: loadBefore,
  };
  child.stdin.end();
  await once(child, 'exit');
  await bench.dispose();
  return result;
}

const many = await measureMany();
const results = [await middleOf(true), await middleOf(false)];
const report = {
  what: `${CALLS} calls under ${PER_SECOND} requests a second, and ${MANY} without a limit`,
  node: process.version,
  processors: availableParallelism(),
  results,
  many,
};
await mkdir('test/bench/results', { recursive: true });
await writeFile('test/bench/results/teacher.json', `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
