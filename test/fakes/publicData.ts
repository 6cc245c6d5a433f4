import { existsSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../../shared/data/', import.meta.url);

/** Why tests over public data sets are skipped on this computer, or null where the data are. */
export const NO_PUBLIC_DATA = existsSync(ROOT)
  ? null
  : 'needs the public data sets in ../shared/data, which are not here';

/** Path of a file of the public data sets beside the repository. */
export function publicData(path: string): URL {
  return new URL(path, ROOT);
}

/** The values of a JSONL file. */
export function jsonLines(path: string): unknown[] {
  return readFileSync(publicData(path), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
