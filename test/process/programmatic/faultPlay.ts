import { expect, it, onTestFinished } from 'vitest';
import { isAppError } from '../../../src/core/errors.ts';
import type { TeacherRequest } from '../../../src/core/teaching/teacher.ts';
import { teachOnce } from '../../../src/core/teaching/teachQuestion.ts';
import { DEFAULT_TEMPLATES, parseTemplate } from '../../../src/core/teaching/templates.ts';
import type { ProgrammaticTeacher } from '../../../src/node/programmatic/server.ts';
import { systemClock } from '../../../src/node/storage/systemClock.ts';
import type { OpenedTeacher } from '../../../src/node/teacher/createTeacher.ts';
import { programmaticEndpoint, type Endpoint } from '../../../src/node/teacher/endpoint.ts';
import { never, newBench, type Bench } from '../../fakes/teacherBench.ts';
import { sameBooks } from '../../fakes/teacherBooks.ts';
import { plan, QUESTIONS, start } from './client.ts';

export interface Scene {
  readonly server: ProgrammaticTeacher;
  readonly bench: Bench;
  readonly endpoint: Endpoint;
  readonly opened: OpenedTeacher;
}

/** The built-in server with a plan of faults, and the real client before it. */
export async function scene(
  rules: readonly unknown[],
  more: Partial<Endpoint> = {},
  options: Parameters<Bench['open']>[1] = {},
): Promise<Scene> {
  const server = await start({ clock: systemClock, faults: plan(...rules) });
  const bench = await newBench();
  onTestFinished(async () => {
    await bench.dispose();
    await server.close();
  });
  const { baseURL, token, identity } = server;
  const endpoint: Endpoint = {
    ...programmaticEndpoint({ baseURL, token, ...identity, model: identity.name }),
    deadlines: { firstTokenMs: 20_000, idleMs: 20_000, totalMs: 40_000 },
    ...more,
  };
  return { server, bench, endpoint, opened: await bench.open(endpoint, options) };
}

type Outcome =
  | 'accepted'
  /** A whole reply that is kept, and that the gate or the parser turns away. */
  | 'turned away'
  /** The code of a failure that ends the run. */
  | `run: ${string}`
  /** The code of a failure that ends this request alone. */
  | `item: ${string}`;

export const question = QUESTIONS[0]!;

/** A request about the question as the client sends it, for tests that need no gate. */
export function requestOf(draw: number, maxTokens = 100): TeacherRequest {
  return {
    purpose: 'annotate',
    questionId: question.id,
    draw,
    messages: [{ role: 'user', content: `Solve this.\n${question.question}` }],
    templateId: 't',
    templateHash: 'h',
    temperature: 0.7,
    maxTokens,
  };
}

/** Teaches one draw of the question through everything: prompt, client, parser, gate. */
export async function teach({ opened }: Scene): Promise<Outcome> {
  const failed: Outcome[] = [];
  const { teacher } = opened;
  try {
    const item = await teachOnce({
      purpose: 'annotate',
      question,
      wanted: 1,
      previous: [],
      existingTexts: [],
      template: parseTemplate('annotate', DEFAULT_TEMPLATES.annotate),
      limits: { maxSteps: 8, maxCharacters: 800 },
      temperature: 0.7,
      maxTokens: 512,
      signal: never,
      teacher: {
        profile: teacher.profile,
        programmatic: true,
        spending: () => teacher.spending(),
        ask: async (request, signal) => {
          try {
            return await teacher.ask(request, signal);
          } catch (error) {
            if (isAppError(error)) failed.push(`item: ${error.code}`);
            throw error;
          }
        },
      },
    });
    return failed[0] ?? (item?.accepted === true ? 'accepted' : 'turned away');
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.detail['scope']).toBe('run');
    return `run: ${error.code}`;
  }
}

/** Short deadlines for silent servers; a busy machine's good reply may then be late as well. */
export const IMPATIENT = { deadlines: { firstTokenMs: 1500, idleMs: 1200, totalMs: 20_000 } };

type Booked = Awaited<ReturnType<typeof sameBooks>>[number];

/**
 * Title, what goes wrong with the first request, how the question ends, and how that first request is booked. A reply
 * that is no whole one is asked for again; with `again` although the server said what it bills.
 */
export type Row = readonly [
  title: string,
  fault: object,
  outcome: Outcome,
  booked: Booked,
  again?: 'again',
];

export async function play(
  [, fault, outcome, booked, again]: Row,
  more: Partial<Endpoint> = {},
): Promise<void> {
  const made = await scene([{ match: { nth: 1 }, fault }], more);
  expect(await teach(made)).toBe(outcome);
  const { server, bench, opened, endpoint } = made;
  const [first, ...others] = await sameBooks(server, bench, opened, endpoint);
  expect(first).toBe(booked);
  const broke = booked === 'nothing' || booked === 'unknown';
  const isAgain = again === 'again' || (broke && outcome === 'accepted');
  if (more.deadlines === undefined) expect(others).toEqual(isAgain ? ['same tokens'] : []);
  else expect(others.at(-1)).toBe('same tokens');
}

/** A test of each row, under its own name. */
export function playEach(rows: readonly Row[], more: Partial<Endpoint> = {}): void {
  for (const row of rows) it(row[0], () => play(row, more));
}
