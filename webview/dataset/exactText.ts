/**
 * A text area knows one kind of line end. What it shows is another text than the one it stands for where that has
 * carriage returns, so each change is carried over to the exact text and all the rest of it stays as it was.
 */
export function shownText(exact: string): string {
  return exact.replace(/\r\n?/gu, '\n');
}

/** The exact text after a change of the shown one; new line ends are of the kind that the text has most of. */
export function exactText(before: string, typed: string): string {
  const shown = shownText(before);
  if (shown === before) return typed;
  if (shown === typed) return before;
  let start = 0;
  const most = Math.min(shown.length, typed.length);
  while (start < most && shown[start] === typed[start]) start += 1;
  let end = 0;
  while (end < most - start && shown.at(-1 - end) === typed.at(-1 - end)) end += 1;
  const between = typed.slice(start, typed.length - end).replaceAll('\n', lineEndOf(before));
  return (
    before.slice(0, exactPlace(before, start)) +
    between +
    before.slice(exactPlace(before, shown.length - end))
  );
}

/** Where a place of the shown text lies in the exact one: a pair of CR and LF is one character there. */
function exactPlace(exact: string, place: number): number {
  let at = 0;
  for (let seen = 0; seen < place; seen += 1) at += exact.startsWith('\r\n', at) ? 2 : 1;
  return at;
}

function lineEndOf(exact: string): string {
  const windows = exact.split('\r\n').length - 1;
  const plain = exact.split('\n').length - 1 - windows;
  const old = exact.split('\r').length - 1 - windows;
  if (windows >= plain && windows >= old) return '\r\n';
  return plain >= old ? '\n' : '\r';
}
