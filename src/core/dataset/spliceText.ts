import type { Run, Splice } from './rowOrder.ts';

const RUN = /^(-?\d{1,15})\+(\d{1,15})$/u;
const SPLICE = /^(\d{1,15})-(\d{1,15})(?::(.+))?$/u;

/** Runs of rows as a short text: "0+5,-1+2". An act on a hundred thousand rows is one line of a journal. */
export function runsText(runs: readonly Run[]): string {
  return runs.map(({ from, count }) => `${from}+${count}`).join(',');
}

/** Reads such a text; null where it is none. */
export function readRuns(text: string): Run[] | null {
  if (text === '') return [];
  const runs: Run[] = [];
  for (const part of text.split(',')) {
    const [, from, count] = RUN.exec(part) ?? [];
    if (from === undefined || count === undefined || Number(count) < 1) return null;
    runs.push({ from: Number(from), count: Number(count) });
  }
  return runs;
}

/** Splices as a short text: "at-removed:runs;…". */
export function splicesText(splices: readonly Splice[]): string {
  return splices
    .map(({ at, remove, insert }) =>
      insert.length === 0 ? `${at}-${remove}` : `${at}-${remove}:${runsText(insert)}`,
    )
    .join(';');
}

/** Reads such a text; null where it is none. */
export function readSplices(text: string): Splice[] | null {
  if (text === '') return [];
  const splices: Splice[] = [];
  for (const part of text.split(';')) {
    const [, at, remove, runs] = SPLICE.exec(part) ?? [];
    const insert = readRuns(runs ?? '');
    if (at === undefined || remove === undefined || insert === null) return null;
    splices.push({ at: Number(at), remove: Number(remove), insert });
  }
  return splices;
}
