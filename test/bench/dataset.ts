// Usage: npm run bench -- dataset [engine | window] [MB …]. The Dataset Editor on files of 100 and 1,000 MB: its document
// model, beside reading such a file as a text, beside packages that viewers of JSONL are made with, and beside a plain
// copy of it; then the editor in a real VS Code, beside that one's own text editor, where there is a Chromium. One part
// alone leaves the figures of the other as they are; what comes out with other sizes is shown and not kept.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { generate } from './dataFile.ts';
import { measureWindow, windowExcesses, windowRig, WINDOW_BUDGETS } from './datasetWindow.ts';
import { MEASURED_ON } from './thisMachine.ts';

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

const asked = new Set(process.argv.slice(2));
const sizes = [...asked].map(Number).filter((size) => size > 0);
const kept = sizes.length === 0;
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

async function engine(): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'tailor-bench-dataset-'));
  try {
    const results: Record<string, unknown> = {};
    const hasPeers = await installPeers(folder);
    for (const megabytes of kept ? [100, 1_000] : sizes) {
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
    return { ...MEASURED_ON, budgets: BUDGETS, ...results };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** No viewer of JSONL is beside it: they are extensions of a marketplace, and what this runs in has none. */
const NO_VIEWERS =
  'No viewer of JSONL was measured: they come from an extension marketplace, from which nothing is installed here.';

async function inWindow(): Promise<Record<string, unknown>> {
  const rig = await windowRig();
  if (rig === null) {
    console.log('The window was not measured: no Chromium was found.');
    return {};
  }
  const results: Record<string, unknown> = {};
  for (const megabytes of kept ? [100, 1_000] : sizes) {
    const found = await measureWindow(rig, megabytes);
    over.push(...windowExcesses(`${megabytes} MB`, found));
    results[`of${megabytes}MB`] = found;
    console.log(JSON.stringify(found, null, 2));
  }
  const { version } = rig.codeServer;
  const about = { ...MEASURED_ON, vscode: version, budgets: WINDOW_BUDGETS, viewers: NO_VIEWERS };
  return { inWindow: { ...about, ...results } };
}

const file = fileURLToPath(new URL('results/dataset.json', import.meta.url));
const before = z.looseObject({}).parse(JSON.parse(await readFile(file, 'utf8')));
const own = asked.has('window') ? {} : await engine();
const window = asked.has('engine') ? {} : await inWindow();
if (kept) {
  const written = { ...before, bench: 'dataset', ...own, ...window };
  await writeFile(file, `${JSON.stringify(written, null, 2)}\n`);
}
for (const line of over) console.error(line);
process.exitCode = over.length > 0 ? 1 : 0;
