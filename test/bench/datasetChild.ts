// One measurement of a data file in a process of its own, whose memory is measured with it: node datasetChild.ts WHAT FILE FOLDER.
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDataset } from '../../src/node/dataset/openDataset.ts';
import type { Dataset } from '../../src/node/dataset/dataset.ts';
import type { DatasetFilter, RowKey } from '../../src/shared/datasetContract.ts';
import { SOUGHT, copied } from './dataFile.ts';

const GO = new AbortController().signal;
const SCREEN = 50;

type Figures = Record<string, number | string>;

const round = (ms: number): number => Number(ms.toFixed(ms < 10 ? 2 : 0));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return round(performance.now() - start);
}

function at(share: number, taken: readonly number[]): number {
  const sorted = [...taken].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/**
 * The longest time that the process computed without giving anything else its turn, in milliseconds of the processor:
 * what other programs take away does not count.
 */
async function heldUp(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let running = true;
  let last = process.threadCpuUsage();
  const look = (): void => {
    const now = process.threadCpuUsage();
    longest = Math.max(longest, now.user + now.system - last.user - last.system);
    last = now;
    if (running) setImmediate(look);
  };
  setImmediate(look);
  await work();
  running = false;
  return round(longest / 1e3);
}

async function filtered(dataset: Dataset, filter: Partial<DatasetFilter>): Promise<number> {
  return timed(async () => {
    await dataset.filter({ search: '', field: null, only: 'all', ...filter });
    await until(() => dataset.state().filtered === 1);
  });
}

/** Opens, scrolls, reads, filters, edits, backs up and saves as the Dataset Editor does. */
async function ours(path: string, folder: string): Promise<Figures> {
  const figures: Figures = {};
  const options = { path, journalFolder: join(folder, 'journals'), set: 'train', readOnly: null };
  const started = performance.now();
  const dataset = await openDataset(options);
  await dataset.rows(0, SCREEN);
  figures['firstRowsMs'] = round(performance.now() - started);
  await until(() => dataset.state().read === 1);
  figures['allLinesKnownMs'] = round(performance.now() - started);
  const { rows } = dataset.state();
  figures['rows'] = rows;
  await scroll(dataset, figures);
  const keys: RowKey[] = [];
  for (let turn = 1; turn <= 50; turn += 1) {
    keys.push((await dataset.keyOfLine(((turn * 48_271) % rows) + 1)) ?? 'o0');
  }
  figures['random50Ms'] = await timed(async () => {
    for (const key of keys) await dataset.record(key);
  });
  figures['filterMs'] = await filtered(dataset, { search: SOUGHT });
  figures['filterFieldMs'] = await filtered(dataset, { search: SOUGHT, field: 'question' });
  figures['checkMs'] = await filtered(dataset, { only: 'problems' });
  await filtered(dataset, {});
  const set = async (key: RowKey, text: string): Promise<number> => {
    const { stamp } = await dataset.record(key);
    return timed(() => dataset.setField(key, stamp, 1, 'text', text));
  };
  const edits: number[] = [];
  for (const [turn, key] of keys.entries()) edits.push(await set(key, `Edited ${turn}?`));
  figures['editP50Ms'] = at(0.5, edits);
  figures['editMaxMs'] = at(1, edits);
  figures['backupMs'] = await timed(() => dataset.backup(join(folder, 'backup'), GO));
  await dataset.save(GO);
  const saves: number[] = [];
  const copies: number[] = [];
  // In turns: a disk is faster at one time than at another.
  for (const [turn, key] of keys.slice(0, 5).entries()) {
    await set(key, `Edited again ${turn}?`);
    saves.push(await timed(() => dataset.save(GO)));
    copies.push(await timed(() => copied(path, join(folder, 'copy'))));
  }
  figures['saveMs'] = at(0.5, saves);
  figures['copyMs'] = at(0.5, copies);
  await dataset.dispose();
  return figures;
}

/** The longest time that opening, filtering and saving hold up whatever else the process has to do. */
async function held(path: string, folder: string): Promise<Figures> {
  const options = { path, journalFolder: join(folder, 'journals'), set: 'train', readOnly: null };
  const opened: Dataset[] = [];
  const open = await heldUp(async () => {
    const dataset = await openDataset(options);
    opened.push(dataset);
    await until(() => dataset.state().read === 1);
  });
  const [dataset] = opened;
  if (dataset === undefined) throw new Error('nothing was opened');
  const filter = await heldUp(() => filtered(dataset, { search: SOUGHT }));
  const check = await heldUp(() => filtered(dataset, { only: 'problems' }));
  const { stamp } = await dataset.record('o0');
  await dataset.setField('o0', stamp, 1, 'text', 'Edited?');
  const save = await heldUp(() => dataset.save(GO));
  await dataset.dispose();
  return { heldUpMs: Math.max(open, filter, check, save) };
}

/** Screenfuls of rows all over the file. */
async function scroll(dataset: Dataset, figures: Figures): Promise<void> {
  const { rows } = dataset.state();
  const screens: number[] = [];
  for (let turn = 1; turn <= 200; turn += 1) {
    const from = (turn * 69_621) % Math.max(1, rows - SCREEN);
    screens.push(await timed(() => dataset.rows(from, SCREEN)));
  }
  figures['screenP50Ms'] = at(0.5, screens);
  figures['screenP99Ms'] = at(0.99, screens);
}

/** What a text editor or a plain viewer does: the file as one text, and its lines. */
async function asText(path: string): Promise<Figures> {
  let lines: string[] = [];
  const firstRowsMs = await timed(async () => {
    lines = (await readFile(path, 'utf8')).split('\n');
    for (const line of lines.slice(0, SCREEN)) JSON.parse(line);
  });
  return { firstRowsMs, rows: lines.length - 1 };
}

/** What viewers do that take a package for it: all rows parsed into memory. */
async function parsed(path: string, module: string, name: string): Promise<Figures> {
  const { href } = pathToFileURL(module);
  const loaded: Record<string, unknown> = await import(href);
  let rows = 0;
  const firstRowsMs = await timed(async () => {
    if (name === 'jsonl-parse-stringify') {
      const { default: library } = loaded as {
        default: { default: { parse: (text: string) => unknown[] } };
      };
      rows = library.default.parse(await readFile(path, 'utf8')).length;
    } else {
      const { parseChunked } = loaded as {
        parseChunked: (stream: unknown, options: { mode: string }) => Promise<unknown[]>;
      };
      rows = (await parseChunked(createReadStream(path), { mode: 'jsonl' })).length;
    }
  });
  return { firstRowsMs, rows };
}

const [, , what = '', path = '', folder = '', module = ''] = process.argv;
try {
  const figures =
    what === 'ours'
      ? await ours(path, folder)
      : what === 'held'
        ? await held(path, folder)
        : what === 'text'
          ? await asText(path)
          : await parsed(path, module, what);
  const peakMB = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ ...figures, peakMB })}\n`);
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  process.stdout.write(`${JSON.stringify({ failed: code })}\n`);
}
