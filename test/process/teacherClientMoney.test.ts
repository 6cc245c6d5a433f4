import { afterEach, expect, it } from 'vitest';
import { startFaultServer } from '../fakes/faultServer.ts';
import { endpointFor, never, newBench, requestFor } from '../fakes/teacherBench.ts';

/** For what must come: a slow machine takes its time. */
const PATIENCE = { timeout: 60_000 };

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

it('fault: budget reached with 16 in flight: money counts what its own profile took, and what others wrote down', async () => {
  const server = await startFaultServer((nth) =>
    nth === 2 ? { kind: 'hang', after: 'headers' } : { kind: 'reply' },
  );
  undo.push(() => server.close());
  const place = await newBench();
  undo.push(() => place.dispose());
  const free = await place.open(endpointFor(server.baseURL, { profile: 'built-in' }));
  await free.teacher.ask(requestFor('q1'), never);
  const stop = new AbortController();
  const broken = free.teacher.ask(requestFor('q2'), stop.signal).catch(() => undefined);
  await expect.poll(() => server.seen.length, PATIENCE).toBe(2);
  stop.abort();
  await broken;
  await free.close();
  const prices = { inputPerMillion: 1000, outputPerMillion: 1000, currency: 'USD' };
  const budget = { maxRequests: 100, maxTotalTokens: 1_000_000, maxCost: 1 };
  const endpoint = endpointFor(server.baseURL, { prices });
  const paid = await place.open(endpoint, { budget, writer: 'w2' });
  expect(paid.teacher.spending()).toMatchObject({ requests: 2, cost: 0 });
  const { cost = 0 } = await paid.teacher.ask(requestFor('q3'), never);
  expect(cost).toBeGreaterThan(0);
  await paid.close();
  const other = endpointFor(server.baseURL, { prices, profile: 'another' });
  const after = await place.open(other, { budget, writer: 'w3' });
  expect(after.teacher.spending().cost).toBeCloseTo(cost);
});
