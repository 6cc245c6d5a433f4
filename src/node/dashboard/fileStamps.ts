import { join } from 'node:path';
import { PROJECT_FILE } from '../project/projectFileName.ts';
import { namesIn } from '../project/projectFiles.ts';
import { fileVersionAt } from '../storage/fileVersion.ts';

/** What of a round's folder a report reads. */
const FOLDERS = ['exam', 'teacher', 'served', 'decisions', 'looks'];
const FILES = ['round.json', 'manifest.json', 'train.jsonl'];

/** Path → what changes when the file does. */
export type Stamps = ReadonlyMap<string, string>;

/** The stamps of every file that a project's report rests on; `data` are its data files, absolute. */
export async function stampsOf(root: string, data: readonly string[]): Promise<Stamps> {
  const paths = [join(root, PROJECT_FILE), ...data];
  for (const round of await namesIn(join(root, 'rounds'))) {
    if (!/^\d+$/u.test(round)) continue;
    const folder = join(root, 'rounds', round);
    paths.push(...FILES.map((name) => join(folder, name)));
    for (const part of FOLDERS) {
      const names = await namesIn(join(folder, part)).catch(() => []);
      for (const name of names.sort()) {
        if (name.endsWith('.jsonl')) paths.push(join(folder, part, name));
      }
    }
  }
  const stamps = new Map<string, string>();
  await Promise.all(
    paths.map(async (path) => {
      const stamp = await fileVersionAt(path);
      if (stamp !== null) stamps.set(path, stamp);
    }),
  );
  return stamps;
}

/** Files that are new, gone or different. */
export function changedFiles(before: Stamps, now: Stamps): string[] {
  const paths = new Set([...before.keys(), ...now.keys()]);
  return [...paths].filter((path) => before.get(path) !== now.get(path));
}

/** Names the state of the files whose paths begin so. */
export function stampUnder(stamps: Stamps, prefix: string): string {
  return [...stamps]
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, stamp]) => `${path} ${stamp}`)
    .sort()
    .join('\n');
}
