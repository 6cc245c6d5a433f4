import { expect, it, onTestFinished } from 'vitest';
import { WINDOW } from '../../src/node/teacher/replyLength.ts';
import type { Endpoint } from '../../src/node/teacher/endpoint.ts';
import { startFaultServer } from '../fakes/faultServer.ts';
import { endpointFor, never, newBench, requestFor } from '../fakes/teacherBench.ts';

it('a teacher that begins to write more than in this round or in earlier ones is named, once', async () => {
  let length = 100;
  const server = await startFaultServer(() => ({ kind: 'reply', text: 'x'.repeat(length) }));
  const bench = await newBench();
  onTestFinished(async () => {
    await bench.dispose();
    await server.close();
  });
  let asked = 0;
  const ask = async (
    round: number,
    model: string,
    times: number,
    more: Partial<Endpoint> = {},
  ): Promise<number> => {
    const endpoint = endpointFor(server.baseURL, { model, ...more });
    const opened = await bench.open(endpoint, { round, writer: `w${asked}` });
    const before = bench.warnings.length;
    for (let nth = 0; nth < times; nth += 1) {
      asked += 1;
      await opened.teacher.ask(requestFor(`q${asked}`), never);
    }
    await opened.close();
    return bench.warnings.length - before;
  };
  expect(await ask(0, 'a', 2 * WINDOW)).toBe(0);
  length = 200;
  expect(await ask(0, 'a', 2 * WINDOW)).toBe(1);
  expect(bench.warnings.at(-1)).toContain('longer: their median is 200 tokens now, it was 100');
  length = 40;
  expect(await ask(1, 'a', WINDOW)).toBe(1);
  expect(bench.warnings.at(-1)).toContain('shorter');
  // Another model has lengths of its own.
  expect(await ask(1, 'b', 2 * WINDOW)).toBe(0);
  // A program's replies have the lengths that its questions have.
  const program = { kind: 'programmatic', name: 'p', version: '1', dataHash: 'd' } as const;
  expect(await ask(2, 'c', 2 * WINDOW, { identity: program })).toBe(0);
  length = 400;
  expect(await ask(2, 'c', 2 * WINDOW, { identity: program })).toBe(0);
});
