import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, repositoryFiles } from './repositoryFiles.ts';

/** A test title of the form `fault: …`, `teacher fault: …`, `edge case: …` or `threat 11: …`. */
export interface MarkedTitle {
  readonly file: string;
  /** The kind of fault, or the threat's number. */
  readonly mark: 'fault' | 'teacher fault' | 'edge case' | number;
  readonly rest: string;
}

const TEST_FILE = /^(test\/.*\.test\.tsx?|python-bridge\/tests\/.*\.py)$/u;
/** In TypeScript titles, in Python docstrings: the mark follows an opening quote directly. */
const TITLE =
  /(?<before>.{0,40})["'`](?<mark>(?:teacher )?fault|edge case|threat (?<id>\d+)): (?<rest>[^\n]*)/gu;

/** The marked titles in a test file's text; those of skipped and future tests do not count. */
export function titlesIn(file: string, text: string): MarkedTitle[] {
  const found: MarkedTitle[] = [];
  for (const { groups } of text.matchAll(TITLE)) {
    const { before = '', mark, id, rest = '' } = groups ?? {};
    if (/\.(skip|todo)\(\s*$/u.test(before)) continue;
    const kind = mark === 'teacher fault' || mark === 'edge case' ? mark : 'fault';
    found.push({ file, mark: id === undefined ? kind : Number(id), rest });
  }
  return found;
}

/** All marked titles of the repository's TypeScript and Python tests. */
export function markedTitles(): MarkedTitle[] {
  return repositoryFiles()
    .filter((file) => TEST_FILE.test(file) && !file.startsWith('test/unit/guards/'))
    .flatMap((file) => titlesIn(file, readFileSync(join(ROOT, file), 'utf8')));
}
