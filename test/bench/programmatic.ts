/**
 * The programmatic teacher on one core: replies a second from the pure part (annotate and feedback), and over HTTP,
 * streamed as the client asks for them, with server and client in the same process. Needs ../shared/data for SVAMP's
 * size, else generated questions of that number. Writes test/bench/results/programmatic.json.
 * Run: npm run bench -- programmatic
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { availableParallelism } from 'node:os';
import type { Question } from '../../src/core/dataset/question.ts';
import { reply, understand } from '../../src/core/teaching/programmatic/answer.ts';
import { learnAll } from '../../src/core/teaching/programmatic/knowledge.ts';
import { renderPrompt } from '../../src/core/teaching/prompt.ts';
import { DEFAULT_TEMPLATES, parseTemplate } from '../../src/core/teaching/templates.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { startProgrammaticTeacher } from '../../src/node/programmatic/server.ts';

interface SvampRow {
  readonly ID: string;
  readonly Body: string;
  readonly Question: string;
  readonly Equation: string;
  readonly Answer: number;
}

const svampPath = new URL('../../../shared/data/svamp/SVAMP.json', import.meta.url);

function load(): { source: string; rows: Question[] } {
  if (!existsSync(svampPath)) {
    const rows = Array.from({ length: 1000 }, (_, i) => ({
      id: `made-${i}`,
      question: `Ana has ${i + 3} coins and finds ${(i % 17) + 2} more coins. How many coins has she?`,
      answer: String(i + 3 + (i % 17) + 2),
      equation: `${i + 3} + ${(i % 17) + 2}`,
    }));
    return { source: 'generated', rows };
  }
  const raw = JSON.parse(readFileSync(svampPath, 'utf8')) as SvampRow[];
  const rows = raw.map((row) => ({
    id: row.ID,
    question: `${row.Body}. ${row.Question}`,
    answer: String(row.Answer),
    equation: row.Equation,
  }));
  return { source: 'SVAMP', rows };
}

const { source, rows } = load();
const knowledge = learnAll(rows);
const templates = {
  annotate: parseTemplate('annotate', DEFAULT_TEMPLATES.annotate),
  feedback: parseTemplate('feedback', DEFAULT_TEMPLATES.feedback),
};
const known = knowledge.known;

function messages(
  purpose: 'annotate' | 'feedback',
  index: number,
): { role: string; content: string }[] {
  const one = known[index % known.length]!;
  const [step] = one.steps;
  const text = step
    ? `${step.leftText} + ${step.rightText} = ${step.resultText}.`
    : 'I do not know.';
  const base = {
    questionId: one.id,
    draw: 0,
    question: one.question,
    gold: one.answer,
    showGold: false,
  };
  const input = purpose === 'feedback' ? { ...base, attempt: { text, answer: '1' } } : base;
  return renderPrompt(templates[purpose], input);
}

function pure(purpose: 'annotate' | 'feedback', count: number): Record<string, number | string> {
  const prompts = known.map((_, index) => messages(purpose, index).at(-1)!.content);
  const run = (times: number): void => {
    for (let i = 0; i < times; i += 1)
      reply(understand(knowledge, prompts[i % prompts.length]!), i);
  };
  run(500);
  const began = performance.now();
  run(count);
  const seconds = (performance.now() - began) / 1000;
  return {
    what: purpose,
    over: 'function call',
    replies: count,
    perSecond: Math.round(count / seconds),
  };
}

async function http(
  purpose: 'annotate' | 'feedback',
  count: number,
): Promise<Record<string, number | string>> {
  const teacher = await startProgrammaticTeacher({ questions: rows, clock: systemClock });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const url = new URL(`${teacher.baseURL}/chat/completions`);
  const ask = (index: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({
        model: teacher.identity.name,
        messages: messages(purpose, index),
        seed: index,
        stream: true,
        stream_options: { include_usage: true },
      });
      const headers = {
        authorization: `Bearer ${teacher.token}`,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      };
      const sent = request(url, { method: 'POST', agent, headers }, (response) => {
        let bytes = 0;
        response.on('data', (part: Buffer) => (bytes += part.length));
        response.on('end', () => resolve(bytes));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  let next = 0;
  const worker = async (until: number): Promise<void> => {
    while (next < until) {
      next += 1;
      await ask(next);
    }
  };
  await Promise.all(Array.from({ length: 8 }, () => worker(200)));
  next = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: 8 }, () => worker(count)));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  await teacher.close();
  return {
    what: purpose,
    over: 'HTTP stream, client in the same process',
    replies: count,
    perSecond: Math.round(count / seconds),
  };
}

const results = [
  pure('annotate', 20_000),
  pure('feedback', 10_000),
  await http('annotate', 4000),
  await http('feedback', 4000),
];
const report = {
  what: 'Replies a second of the programmatic teacher on one core',
  questions: { source, known: known.length },
  node: process.version,
  processors: availableParallelism(),
  results,
};
await mkdir('test/bench/results', { recursive: true });
await writeFile('test/bench/results/programmatic.json', `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
