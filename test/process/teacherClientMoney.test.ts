import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { teacherRecordSchema } from '../../src/core/teaching/records.ts';
import { openJournal } from '../../src/node/storage/journal.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
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

it('asks nothing where the round’s money was spent in another currency than its prices, and gives what is answered', async () => {
  const server = await startFaultServer(() => ({ kind: 'reply' }));
  undo.push(() => server.close());
  const place = await newBench();
  undo.push(() => place.dispose());
  const prices = { inputPerMillion: 1000, outputPerMillion: 1000, currency: 'USD' };
  const budget = { maxRequests: 100, maxTotalTokens: 1_000_000, maxCost: 1 };
  const dollars = endpointFor(server.baseURL, { prices });
  const first = await place.open(dollars, { budget });
  await first.teacher.ask(requestFor('q1'), never);
  await first.close();
  expect(await place.records()).toMatchObject([
    { type: 'intent', currency: 'USD' },
    { type: 'reply', currency: 'USD' },
  ]);
  const euros = endpointFor(server.baseURL, {
    prices: { ...prices, currency: 'EUR' },
    profile: 'another',
  });
  const second = await place.open(euros, { budget, writer: 'w2' });
  await second.teacher.ask(requestFor('q1'), never);
  await expect(second.teacher.ask(requestFor('q2'), never)).rejects.toMatchObject({
    code: 'teacher.budget',
    message: expect.stringMatching(/\d USD are spent already.*another are in EUR/u) as string,
    hint: expect.stringContaining('teaching.maxTotalTokens') as string,
    detail: { scope: 'run' },
  });
  expect(second.teacher.spending().cost).toBe(0);
  await second.close();
  expect(server.seen).toHaveLength(1);
  // Tokens and requests know no currency.
  const tokens = { maxRequests: 100, maxTotalTokens: 1_000_000 };
  const third = await place.open(euros, { budget: tokens, writer: 'w3' });
  await third.teacher.ask(requestFor('q2'), never);
  expect(third.teacher.spending().cost).toBeGreaterThan(0);
  expect(server.seen).toHaveLength(2);
});

it('counts older records, which name no currency, as the prices of the profile that asks', async () => {
  const server = await startFaultServer(() => ({ kind: 'reply' }));
  undo.push(() => server.close());
  const place = await newBench();
  undo.push(() => place.dispose());
  const prices = { inputPerMillion: 1000, outputPerMillion: 1000, currency: 'USD' };
  const first = await place.open(endpointFor(server.baseURL, { prices }));
  const { cost = 0 } = await first.teacher.ask(requestFor('q1'), never);
  await first.close();
  const written = await place.records();
  await rm(join(place.folder, '0'), { recursive: true });
  const journal = await openJournal(join(place.folder, '0', 'teacher', 'w0.jsonl'), {
    ...{ schema: teacherRecordSchema, writer: 'w0', clock: systemClock },
  });
  for (const record of written) {
    await journal.append(teacherRecordSchema.parse({ ...record, currency: undefined }));
  }
  await journal.close();
  const budget = { maxRequests: 100, maxTotalTokens: 1_000_000, maxCost: 1 };
  const euros = endpointFor(server.baseURL, { prices: { ...prices, currency: 'EUR' } });
  const second = await place.open(euros, { budget, writer: 'w2' });
  expect(cost).toBeGreaterThan(0);
  expect(second.teacher.spending().cost).toBeCloseTo(cost);
  await second.teacher.ask(requestFor('q2'), never);
});
