import { stat } from 'node:fs/promises';

/** Tells one version of a file from another, by place, size in bytes and time of change, without a look at its content. */
export function fileVersion(found: {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}): string {
  return `${found.ino}/${found.size}/${found.mtimeMs}`;
}

/** The same of the file at a path; null where none can be looked at. */
export async function fileVersionAt(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  return found && fileVersion(found);
}
