import type { RowFix } from '../../src/core/dataset/rowFixes.ts';
import { patched } from '../../src/core/dataset/patch.ts';

/** The lines of a file after a fix, as an editor would have them. */
export function mendedLines(lines: readonly string[], fix: RowFix): string[] {
  const mended = [...lines];
  // From the back, so that the places of earlier patches stay.
  for (const { line, patch } of [...fix.patches].sort((a, b) => b.patch.at - a.patch.at)) {
    mended[line] = patched(mended[line] ?? '', patch);
  }
  return mended.filter((_, line) => !fix.removes.includes(line));
}
