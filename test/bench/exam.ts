// The exam engine beside transformers' generate: same weights, same prompts, one thread each, in turn within one run.
// Run: npm run bench -- exam STUDENT_FOLDER [--python PATH] [--rounds 3]
// Writes test/bench/results/exam.json, for another student than the practice one exam-FOLDER.json. CPU time and ratios are the figures to trust on a shared machine.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CascadeModel } from '../../src/engine/cascadeModel.ts';
import { readStudentFolder } from '../../src/engine/studentFolder.ts';

const BATCHES = [1, 8, 32];
const PROMPT_TOKENS = 64;
const NEW_TOKENS = 64;

/** One generation of one engine: seconds of wall clock and of CPU, and the greedy tokens. */
interface Run {
  readonly wall: number;
  readonly cpu: number;
  readonly tokens: number[][];
}

const root = path.resolve(import.meta.dirname, '../..');

/** Token t of row b: the rule shared with generate_peer.py. */
function prompts(batch: number, vocab: number): number[][] {
  return Array.from({ length: batch }, (_, b) =>
    Array.from(
      { length: PROMPT_TOKENS },
      (_, t) => ((b * 7919 + t * 104729 + b * t * 31) % (vocab - 10)) + 5,
    ),
  );
}

async function generate(model: CascadeModel, batch: number, vocab: number): Promise<Run> {
  const begin = { wall: performance.now(), cpu: process.cpuUsage() };
  const rows = prompts(batch, vocab);
  const tokens = rows.map((): number[] => []);
  model.resize(batch, []);
  let top = await model.prefill(rows);
  rows.forEach((_, row) => model.place(row, row));
  for (let step = 1; ; step++) {
    const next = Int32Array.from(rows, (_, row) => top.ids[row * top.width]!);
    next.forEach((id, row) => tokens[row]!.push(id));
    if (step === NEW_TOKENS) break;
    top = await model.decode(next);
  }
  rows.forEach((_, row) => model.clear(row));
  const { user, system } = process.cpuUsage(begin.cpu);
  return { wall: (performance.now() - begin.wall) / 1000, cpu: (user + system) / 1e6, tokens };
}

function generatePeer(python: string, student: string, batch: number): Run {
  const script = path.join(root, 'test/bench/generate_peer.py');
  const args = [script, student, String(batch), String(PROMPT_TOKENS), String(NEW_TOKENS)];
  const out = execFileSync(python, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(out.trim().split('\n').at(-1)!) as Run;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const round = (value: number): number => Number(value.toPrecision(3));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      python: {
        type: 'string',
        default: process.env['TAILOR_PYTHON'] ?? path.join(root, '.venv/bin/python'),
      },
      rounds: { type: 'string', default: '3' },
    },
  });
  const student = path.resolve(positionals[0] ?? path.join(root, 'media/practice/student'));
  const begin = performance.now();
  const { config, weights } = await readStudentFolder(student);
  const model = await CascadeModel.load(config, weights, { candidates: 64, head: [], threads: 1 });
  const loadMs = performance.now() - begin;
  await generate(model, 2, config.vocab);
  const rows = [];
  for (const batch of BATCHES) {
    const ours: Run[] = [];
    const theirs: Run[] = [];
    for (let r = 0; r < Number(values.rounds); r++) {
      ours.push(await generate(model, batch, config.vocab));
      theirs.push(generatePeer(values.python, student, batch));
    }
    const ratios = ours.map((run, i) => theirs[i]!.cpu / run.cpu);
    const [mine, other] = [ours[0]!.tokens.flat(), theirs[0]!.tokens.flat()];
    const n = batch * NEW_TOKENS;
    const row = {
      batch,
      tokensPerCpuSecond: round(n / median(ours.map(({ cpu }) => cpu))),
      peerTokensPerCpuSecond: round(n / median(theirs.map(({ cpu }) => cpu))),
      tokensPerSecond: round(n / median(ours.map(({ wall }) => wall))),
      peerTokensPerSecond: round(n / median(theirs.map(({ wall }) => wall))),
      cpuRatio: {
        median: round(median([...ratios])),
        min: round(Math.min(...ratios)),
        max: round(Math.max(...ratios)),
      },
      sameTokens: `${mine.filter((id, i) => id === other[i]).length}/${n}`,
    };
    rows.push(row);
    console.log(JSON.stringify(row));
  }
  await model.release();
  const cpu = os.cpus()[0]?.model ?? 'unknown';
  const result = {
    student: path.relative(root, student),
    workload: `${PROMPT_TOKENS} prompt + ${NEW_TOKENS} new tokens, greedy, one thread each`,
    peer: 'transformers generate, float32, sdpa',
    machine: `${cpu}, ${os.cpus().length} logical processors`,
    loadMs: Math.round(loadMs),
    rows,
  };
  const folder = path.join(root, 'test/bench/results');
  mkdirSync(folder, { recursive: true });
  const name = positionals[0] === undefined ? 'exam' : `exam-${path.basename(student)}`;
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

await main();
