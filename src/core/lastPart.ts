/** The last part of a path: what names a student's folder. */
export function lastPart(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? path;
}
