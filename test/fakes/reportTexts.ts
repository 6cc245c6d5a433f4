import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { visibleText } from '../../src/core/visibleText.ts';
import { DashboardView } from '../../src/node/dashboard/dashboardView.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { TRAINING_STRINGS } from '../../src/shared/trainingStrings.ts';
import { HOSTILE_TEXTS } from '../webview/hostileTexts.ts';
import { lines } from './projectFolder.ts';
import { reportProject } from './reportProject.ts';

/** Begins of cells that a spreadsheet computes. */
export const FORMULAS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '＝1+1',
  '=cmd|"/c calc"!A1',
];

/** A project whose questions' ids and texts are all hostile, after two rounds. */
export async function hostileProject() {
  const made = await reportProject({ rounds: 1 });
  // A data file with half a character is refused.
  const texts = [...HOSTILE_TEXTS, ...FORMULAS].map((text) => text.replace(/\p{Cs}/gu, '?'));
  const dev = texts.map((text, at) => ({
    id: `${text.slice(0, 150)} ${at}`,
    question: `What is ${500 + at} plus 3? ${text}`,
    answer: String(503 + at),
  }));
  await writeFile(join(made.root, 'data/dev.jsonl'), lines(dev));
  await made.run();
  return { ...made, dev };
}

/** What the Dashboard would show, which looks again only when it is told to. */
export async function openView(root: string): Promise<DashboardView> {
  const view = await DashboardView.open({
    root,
    project: 'P',
    clock: { ...systemClock, sleep: () => new Promise<void>(() => undefined) },
    strings: TRAINING_STRINGS,
    prices: () => Promise.resolve(new Map()),
  });
  onTestFinished(() => view.dispose());
  return view;
}

/** The rows of a CSV text as RFC 4180 reads them. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',' || character === '\n') {
      rows.at(-1)?.push(cell);
      cell = '';
      if (character === '\n') rows.push([]);
    } else cell += character;
  }
  expect(quoted).toBe(false);
  rows.pop();
  return rows;
}

/** The tables of a Markdown text by their captions, cells as a reader sees them. */
export function markdownTables(text: string): Map<string, string[][]> {
  const tables = new Map<string, string[][]>();
  let caption = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('**')) caption = plain(line.slice(2, -2));
    if (!line.startsWith('| ') || line.startsWith('| --- ')) continue;
    const cells = line.slice(2, -2).split(/(?<!\\) \| |(?<!\\) \|(?= \|)/u);
    tables.set(caption, [...(tables.get(caption) ?? []), cells.map(plain)]);
  }
  return tables;
}

const NAMES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&' };
/** A Markdown text as a reader sees it. */
export const plain = (text: string): string =>
  text.replace(
    /\\([^a-z0-9\s])|&(lt|gt|amp);|&#(\d+);/giu,
    (_, mark?: string, name = '', code = '') =>
      mark ?? NAMES[String(name)] ?? String.fromCharCode(Number(code)),
  );

/** A text as it stands in a row. */
export const oneLine = (text: string): string => visibleText(text).replace(/\s*\n\s*/gu, ' ');
