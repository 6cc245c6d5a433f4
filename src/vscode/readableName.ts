import { visibleText } from '../core/visibleText.ts';

const LONGEST = 100;

/** A label as the name of a document: nothing in it hides, ends the name or leads to another folder. */
export function readableName(label: string): string {
  return visibleText(label)
    .replaceAll(/[/\\?#:*"<>|\n]/gu, ' ')
    .slice(0, LONGEST);
}
