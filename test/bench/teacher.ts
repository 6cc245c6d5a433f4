/**
 * Pacing of the teacher client: 300 calls to a loopback server that allows 20 requests a second (bursts of 10), with
 * and without `x-ratelimit-*` headers. Writes test/bench/results/teacher.json. Run: npm run bench -- teacher
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { startFaultServer } from '../fakes/faultServer.ts';
import { endpointFor, never, newBench, requestFor } from '../fakes/teacherBench.ts';

const CALLS = 300;
const PER_SECOND = 20;
const BURST = 10;
const LATENCY_MS = 50;

async function measure(announce: boolean): Promise<Record<string, number | boolean>> {
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
  const started = performance.now();
  const settled = await Promise.allSettled(
    Array.from({ length: CALLS }, (_, i) => opened.teacher.ask(requestFor(`q${i}`), never)),
  );
  const seconds = (performance.now() - started) / 1000;
  const ideal = (CALLS - BURST) / PER_SECOND;
  const result = {
    announced: announce,
    calls: CALLS,
    seconds: Number(seconds.toFixed(2)),
    idealSeconds: ideal,
    shareOfIdeal: Number((ideal / seconds).toFixed(3)),
    refused429: server.refused(),
    lost: settled.filter(({ status }) => status === 'rejected').length,
    peakInFlight: server.peak(),
  };
  await bench.dispose();
  await server.close();
  return result;
}

const results = [await measure(true), await measure(false)];
const report = {
  what: `${CALLS} calls under ${PER_SECOND} requests a second`,
  node: process.version,
  processors: availableParallelism(),
  results,
};
await mkdir('test/bench/results', { recursive: true });
await writeFile('test/bench/results/teacher.json', `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
