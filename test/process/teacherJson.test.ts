import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TeachingItem } from '../../src/core/teaching/records.ts';
import type { ReplyForm } from '../../src/core/teaching/replyForms.ts';
import type { TeacherRequest } from '../../src/core/teaching/teacher.ts';
import { teachQuestion } from '../../src/core/teaching/teachQuestion.ts';
import { builtIn, DEFAULT_TEMPLATES } from '../../src/core/teaching/templates.ts';
import { loadTemplate } from '../../src/node/session/templates.ts';
import { PLAIN_DIALECT } from '../../src/node/teacher/dialect.ts';
import type { OpenedTeacher } from '../../src/node/teacher/createTeacher.ts';
import { speak } from '../fakes/dialectServer.ts';
import { startFaultServer, type Fault, type FaultServer, type Seen } from '../fakes/faultServer.ts';
import { endpointFor, never, newBench, requestFor } from '../fakes/teacherBench.ts';
import { sameBooks } from '../fakes/teacherBooks.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { question, scene } from './programmatic/faultPlay.ts';

const GOOD = JSON.stringify({ rationale: '3 * 4 = 12.\nAnswer: 12', finalAnswer: '12' });
const jsonRequest = (name: string): TeacherRequest => ({ ...requestFor(name), form: 'json' });

async function serve(plan: (nth: number, seen: Seen) => Fault): Promise<FaultServer> {
  const server = await startFaultServer(plan);
  onTestFinished(() => server.close());
  return server;
}

async function teach({ teacher }: OpenedTeacher, form: ReplyForm): Promise<TeachingItem[]> {
  const common = {
    question,
    wanted: 1,
    previous: [],
    existingTexts: [],
    limits: { maxSteps: 8, maxCharacters: 800 },
    temperature: 0.7,
    maxTokens: 512,
    signal: never,
    teacher,
  };
  const attempt = { sample: 0, fingerprint: 'f', text: '12 - 5 = 7.\nAnswer: 7' };
  const annotate = { purpose: 'annotate' as const, template: builtIn('annotate', 'number', form) };
  const feedback = { purpose: 'feedback' as const, template: builtIn('feedback', 'number', form) };
  const annotated = await teachQuestion({ ...common, ...annotate });
  const corrected = await teachQuestion({ ...common, ...feedback, attempt });
  return [...annotated.items, ...corrected.items];
}

describe('replies as JSON', () => {
  it('are taught like labelled lines: the same items, and none is paid again', async () => {
    const made = await scene([]);
    const lines = await teach(made.opened, 'sections');
    const objects = await teach(made.opened, 'json');
    const said = (items: readonly TeachingItem[]): unknown[] =>
      items.map(({ rationale, answer, firstErrorStep, errorKind, why, accepted, reasons }) => {
        return { rationale, answer, firstErrorStep, errorKind, why, accepted, reasons };
      });
    expect(lines.every(({ accepted }) => accepted)).toBe(true);
    expect(said(objects)).toEqual(said(lines));
    // Another form is another request.
    expect(new Set([...lines, ...objects].map(({ key }) => key)).size).toBe(4);
    const requests = made.server.ledger.totals().requests;
    await teach(made.opened, 'json');
    expect(made.server.ledger.totals().requests).toBe(requests);
    await sameBooks(made.server, made.bench, made.opened, made.endpoint);
  });

  it('are held to what the server knows, and asked for by less where it refuses', async () => {
    const server = await serve((_, seen) => {
      const format = seen.body['response_format'];
      const isStrict = JSON.stringify(format ?? null).includes('json_schema');
      return speak(isStrict ? { refuses: ['response_format'] } : { says: GOOD }, seen);
    });
    const bench = await newBench();
    onTestFinished(() => bench.dispose());
    const dialect = { ...PLAIN_DIALECT, json: 'json_schema' as const };
    const { teacher } = await bench.open(endpointFor(server.baseURL, { dialect }));
    const reply = await teacher.ask(jsonRequest('q1'), never);
    expect(reply).toMatchObject({ text: GOOD, form: 'json' });
    const formats = server.seen.map(({ body }) => body['response_format']);
    expect(formats).toEqual([
      {
        type: 'json_schema',
        json_schema: {
          name: 'annotate_reply',
          strict: true,
          schema: {
            type: 'object',
            properties: { rationale: { type: 'string' }, finalAnswer: { type: 'string' } },
            required: ['rationale', 'finalAnswer'],
            additionalProperties: false,
          },
        },
      },
      { type: 'json_object' },
    ]);
    // Labelled lines are never held to JSON.
    await teacher.ask(requestFor('q2'), never);
    expect(server.seen.at(-1)?.body).not.toHaveProperty('response_format');
  });

  it('that are no JSON are tried again, kept as paid, and never served as a hit', async () => {
    const broken: Fault = { kind: 'reply', text: GOOD.slice(0, -2) };
    const server = await serve((nth) => (nth < 3 ? broken : { kind: 'reply', text: GOOD }));
    const bench = await newBench();
    onTestFinished(() => bench.dispose());
    const opened = await bench.open(endpointFor(server.baseURL), { options: { attempts: 2 } });
    await expect(opened.teacher.ask(jsonRequest('q1'), never)).rejects.toMatchObject({
      code: 'teacher.malformed',
      detail: { scope: 'item' },
    });
    expect(server.seen).toHaveLength(2);
    await opened.close();
    const later = await bench.open(endpointFor(server.baseURL), { writer: 'w2' });
    expect((await later.teacher.ask(jsonRequest('q1'), never)).text).toBe(GOOD);
    expect(server.seen).toHaveLength(3);
    const { completionTokens, possiblyBilled, requests } = later.teacher.spending();
    expect(completionTokens).toBe(2 * (GOOD.length - 2) + GOOD.length);
    expect([requests, possiblyBilled]).toEqual([3, 0]);
  });
});

describe('prompts of a project', () => {
  it('are those of the form that it asks for, and of no other', async () => {
    const root = await temporaryFolder();
    expect((await loadTemplate(root, 'annotate', 'json')).id).toBe('annotate-json-1');
    await mkdir(join(root, 'prompts'));
    await writeFile(join(root, 'prompts', 'annotate.md'), DEFAULT_TEMPLATES.annotate);
    expect((await loadTemplate(root, 'annotate', 'json')).id).toBe('annotate-json-1');
    const own = DEFAULT_TEMPLATES.annotate.replace('annotate-1', 'mine\nform: json');
    await writeFile(join(root, 'prompts', 'annotate-json.md'), own);
    expect(await loadTemplate(root, 'annotate', 'json')).toMatchObject({
      id: 'mine',
      form: 'json',
    });
    await writeFile(join(root, 'prompts', 'annotate-json.md'), DEFAULT_TEMPLATES.annotate);
    await expect(loadTemplate(root, 'annotate', 'json')).rejects.toMatchObject({
      code: 'teacher.template',
    });
  });
});
