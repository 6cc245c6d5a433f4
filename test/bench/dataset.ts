// Usage: npm run bench -- dataset [MB …]. The Dataset Editor's document model on files of 100 and 1,000 MB, beside reading
// such a file as a text, beside packages that viewers of JSONL are made with, and beside a plain copy of it.
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, platform, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What is asked for, and past twice of which the bench fails. */
const BUDGETS = {
  firstRowsMs: 1_000,
  random50Ms: 20,
  backupMs: 100,
  saveToCopy: 1.3,
  peakMB: 300,
  heldUpMs: 15,
} as const;

/** No viewer of JSONL is on npm, only what they are made with: the two packages that read it most often. */
const PEERS = [
  { name: 'jsonl-parse-stringify', version: '1.0.3', entry: 'index.js' },
  { name: '@discoveryjs/json-ext', version: '1.1.0', entry: 'src/index.js' },
] as const;

type Figures = Record<string, number | string>;

const run = promisify(execFile);
const child = fileURLToPath(new URL('datasetChild.ts', import.meta.url));

/** About 1 kB, as a question with its rationale is; one in nine has characters beyond ASCII. */
function row(index: number): string {
  const name = index % 9 === 0 ? 'Zoë' : 'Robin';
  const animals = index % 50_000 === 4_711 ? 'zebras' : 'apples';
  return JSON.stringify({
    id: `q-${index}`,
    question: `${name} has ${index % 97} ${animals} and gives ${index % 7} away. ${'How many are left after that? '.repeat(8)}`,
    answer: String((index % 97) - (index % 7)),
    rationale: `${`${name} starts with ${index % 97} and takes ${index % 7} off. `.repeat(12)}\nAnswer: ${(index % 97) - (index % 7)}`,
    tags: ['bench', `family-${index % 12}`],
  });
}

async function generate(path: string, megabytes: number): Promise<void> {
  const file = await open(path, 'w');
  for (let index = 0, bytes = 0; bytes < megabytes * 1e6;) {
    const block = Buffer.from(Array.from({ length: 1_000 }, () => `${row(index++)}\n`).join(''));
    bytes += block.length;
    await file.writeFile(block);
  }
  await file.sync();
  await file.close();
}

function measured(...args: string[]): Promise<Figures> {
  return new Promise((resolve, reject) => {
    // Those who hold all rows in memory may have as much of it as they need.
    const room = args[0] === 'ours' ? [] : ['--max-old-space-size=6144'];
    const process_ = spawn(process.execPath, [...room, child, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    process_.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    process_.on('error', reject);
    process_.on('close', (code, signal) => {
      const line = out.trim().split('\n').at(-1) ?? '';
      resolve(
        line.startsWith('{')
          ? (JSON.parse(line) as Figures)
          : { failed: `ended with ${String(code ?? signal)}` },
      );
    });
  });
}

/** Installs the peers for this run; false where the registry cannot be reached. */
async function installPeers(folder: string): Promise<boolean> {
  const packages = PEERS.map(({ name, version }) => `${name}@${version}`);
  try {
    await run('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-save', ...packages]);
    return true;
  } catch {
    return false;
  }
}

const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
const folder = await mkdtemp(join(tmpdir(), 'tailor-bench-dataset-'));
const over: string[] = [];

function judge(of: string, figures: Figures): Figures {
  const ratio = Number(((figures['saveMs'] as number) / (figures['copyMs'] as number)).toFixed(2));
  const found: Record<keyof typeof BUDGETS, number> = {
    firstRowsMs: Number(figures['firstRowsMs']),
    random50Ms: Number(figures['random50Ms']),
    backupMs: Number(figures['backupMs']),
    saveToCopy: ratio,
    peakMB: Number(figures['peakMB']),
    heldUpMs: Number(figures['heldUpMs']),
  };
  for (const [name, value] of Object.entries(found)) {
    const budget = BUDGETS[name as keyof typeof BUDGETS];
    if (!(value <= 2 * budget)) over.push(`${name} of ${of} is ${value}; the budget is ${budget}`);
  }
  return { ...figures, saveToCopy: ratio };
}

try {
  const results: Record<string, unknown> = {};
  const hasPeers = await installPeers(folder);
  for (const megabytes of sizes.length > 0 ? sizes : [100, 1_000]) {
    const path = join(folder, 'data.jsonl');
    console.log(`${megabytes} MB: writing the file`);
    await generate(path, megabytes);
    const bytes = (await stat(path)).size;
    const text = await measured('text', path);
    const packages: Record<string, Figures> = {};
    for (const { name, version, entry } of PEERS) {
      const module = join(folder, 'node_modules', name, entry);
      packages[`${name} ${version}`] = hasPeers
        ? await measured(name, path, folder, module)
        : { failed: 'could not be installed' };
    }
    const { heldUpMs = NaN } = await measured('held', path, folder);
    const own = await measured('ours', path, folder);
    const ours = judge(`${megabytes} MB`, { ...own, heldUpMs });
    results[`of${megabytes}MB`] = { bytes, ours, text, packages };
    console.log(JSON.stringify(results[`of${megabytes}MB`], null, 2));
    await rm(path);
  }
  const written = {
    bench: 'dataset',
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryGB: Math.round(totalmem() / 1e9),
      node: process.version,
    },
    system: `${platform()} ${release()}`,
    budgets: BUDGETS,
    ...results,
  };
  const out = fileURLToPath(new URL('results/', import.meta.url));
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'dataset.json'), `${JSON.stringify(written, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const line of over) console.error(line);
process.exitCode = over.length > 0 ? 1 : 0;
