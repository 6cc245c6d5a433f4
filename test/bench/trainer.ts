/**
 * One training step: five forwards as published, on transformers' Llama, beside the trainer's packed rows, with the same
 * model, texts and loss, one thread each, in turn within one run; with worked examples in the prompts and without.
 * training_step.py does it and says what is compared. Writes test/bench/results/trainer.json; fails where losses differ.
 * CPU time and ratios are the figures to trust on a shared machine. The published step's deep copies and collections of
 * garbage are told apart and in no ratio: they cost the same for a model of any size, and this one has few layers.
 * Run: npm run bench -- trainer [--python PATH] [--rounds 3]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { MEASURED_ON } from './thisMachine.ts';

/** What is asked for: how many times less CPU time than the published step. */
const GOALS: Readonly<Record<string, number>> = { demos: 4, plain: 2.5 };
const PUBLISHED = 'fiveForwards';

const lineSchema = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('about'),
    python: z.string(),
    torch: z.string(),
    transformers: z.string(),
    layers: z.number(),
    vocab: z.number(),
    anchors: z.number(),
    parameters: z.number(),
  }),
  z.object({
    what: z.literal('setting'),
    setting: z.string(),
    promptTokens: z.number(),
    textTokens: z.number(),
    headTokens: z.number(),
  }),
  z.object({
    what: z.literal('run'),
    setting: z.string(),
    way: z.string(),
    /** 0: a try of this micro-batch. */
    round: z.number(),
    /** Of a micro-batch, at most. */
    rows: z.number(),
    lm: z.number(),
    pair: z.number(),
    cpu: z.number(),
    wall: z.number(),
    addedMB: z.nullable(z.number()),
    housekeepingSeconds: z.number().optional(),
    padded: z.number().optional(),
  }),
  z.object({ what: z.literal('gradient'), setting: z.string(), way: z.string(), off: z.number() }),
]);
type Line = z.infer<typeof lineSchema>;
type Of<What extends Line['what']> = Extract<Line, { what: What }>;

const root = path.resolve(import.meta.dirname, '../..');
const rounded = (value: number): number => Number(value.toPrecision(3));
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const load = (): number => Number((loadavg()[0] ?? Number.NaN).toFixed(1));
const isOf =
  <What extends Line['what']>(what: What) =>
  (line: Line): line is Of<What> =>
    line.what === what;

const computing = ({ cpu, housekeepingSeconds = 0 }: Of<'run'>): number =>
  cpu - housekeepingSeconds;

/** What a way took in its turns, beside the published one in the same turns. */
function summary(
  way: string,
  runs: readonly Of<'run'>[],
  gradient: number,
): Record<string, unknown> {
  const own = runs.filter((run) => run.way === way);
  const turns = own.filter(({ round }) => round > 0);
  const theirs = runs.filter((run) => run.way === PUBLISHED && run.round > 0);
  const [first] = turns;
  if (first === undefined) throw new Error(`No run of ${way}.`);
  const ratios = turns.map((run, at) => computing(theirs[at] ?? run) / computing(run));
  const tried = own.filter(({ round }) => round === 0);
  const housekeeping = turns.flatMap(({ housekeepingSeconds }) => housekeepingSeconds ?? []);
  return {
    // More than there are rows: the cut is the trainer's own, which is its default.
    microBatch: first.rows > 1000 ? 'automatic' : first.rows,
    cpuSeconds: rounded(median(turns.map(computing))),
    wallSeconds: rounded(median(turns.map(({ wall }) => wall))),
    ...(housekeeping.length > 0 && { housekeepingSeconds: rounded(median(housekeeping)) }),
    ...(first.padded !== undefined && { paddedTokens: first.padded }),
    addedMB: tried.find(({ rows }) => rows === first.rows)?.addedMB ?? null,
    cpuRatio: {
      median: rounded(median(ratios)),
      min: rounded(Math.min(...ratios)),
      max: rounded(Math.max(...ratios)),
    },
    lm: first.lm,
    pair: first.pair,
    gradientOff: rounded(gradient),
    tries: Object.fromEntries(
      tried.map((run) => [run.rows > 1000 ? 'automatic' : run.rows, rounded(computing(run))]),
    ),
  };
}

/** Runs the child; its lines, each with the machine's load when it came. */
async function measured(
  python: string,
  folder: string,
  rounds: string,
): Promise<{ lines: Line[]; loads: number[]; code: number }> {
  const script = path.join(root, 'test/bench/training_step.py');
  const child = spawn(python, [script, folder, '--rounds', rounds], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: Line[] = [];
  const loads: number[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    console.log(text);
    lines.push(lineSchema.parse(JSON.parse(text)));
    loads.push(load());
  }
  await closed;
  return { lines, loads, code: child.exitCode ?? 1 };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      python: {
        type: 'string',
        default: process.env['TAILOR_PYTHON'] ?? path.join(root, '.venv/bin/python'),
      },
      rounds: { type: 'string', default: '3' },
    },
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'tailor-bench-trainer-'));
  const { lines, loads, code } = await measured(values.python, folder, values.rounds).finally(() =>
    rm(folder, { recursive: true, force: true }),
  );
  const about = lines.find(isOf('about'));
  if (code !== 0 || about === undefined) {
    console.error('The ways of computing a step do not have one loss, or the child failed.');
    process.exitCode = 1;
    return;
  }
  const { python, torch, transformers, layers, vocab, anchors, parameters } = about;
  const settings = lines.filter(isOf('setting')).map(({ what: _, setting, ...lengths }) => {
    const at = lines.findIndex((line) => line.what === 'setting' && line.setting === setting);
    const runs = lines.filter(isOf('run')).filter((run) => run.setting === setting);
    const ways = lines
      .filter(isOf('gradient'))
      .filter((line) => line.setting === setting)
      .map(({ way, off }) => [way, summary(way, runs, off)] as const);
    const last = lines.findLastIndex((line) => line.what === 'run' && line.setting === setting);
    const whileMeasured = [loads[at] ?? Number.NaN, loads[last] ?? Number.NaN];
    const goal = GOALS[setting] ?? Number.NaN;
    return [setting, { ...lengths, goal, load: whileMeasured, ways: Object.fromEntries(ways) }];
  });
  const result = {
    bench: 'trainer',
    ...MEASURED_ON,
    versions: { python, torch, transformers },
    student: { layers, hidden: 576, vocab, parameters },
    anchors,
    turns: Number(values.rounds),
    ...Object.fromEntries(settings),
  };
  await writeFile(
    path.join(root, 'test/bench/results/trainer.json'),
    `${JSON.stringify(result, null, 2)}\n`,
  );
  console.log(JSON.stringify(result, null, 2));
}

await main();
