import type { RowKey } from '../../src/shared/datasetContract.ts';
import type { Control } from './control.ts';
import { chosen, totalOf } from './state.ts';

/** Puts an empty record below the one under the cursor. */
export function insert(control: Control): void {
  if (control.readOnly()) return;
  void control.run(async () => {
    const after = control.state.cursor;
    const { rev, keys } = await control.client.request('insert', { after });
    await arrived(control, rev, keys);
    control.say(control.words('say.inserted'));
  });
}

/** Copies the chosen rows, below the last of them. */
export function duplicate(control: Control): void {
  const many = chosen(control.state);
  if (many.length === 0 || control.readOnly()) return;
  void control.run(async () => {
    const { rev, keys } = await control.client.request('duplicate', { keys: [...many] });
    await arrived(control, rev, keys);
    if (keys.length > 1) control.store.dispatch({ type: 'unmark' });
    control.say(control.words.count('say.duplicated', many.length));
  });
}

/** Takes the chosen rows out; the cursor stays where the first of them stood. */
export function remove(control: Control): void {
  const many = chosen(control.state);
  if (many.length === 0 || control.readOnly()) return;
  const { at, cursor, marked } = control.state;
  void control.run(async () => {
    // Where the first of them stood the person goes on.
    const first = Math.min(at, ...(cursor !== null && marked.has(cursor) ? marked.values() : []));
    control.store.dispatch({ type: 'select', at: first });
    const { rev } = await control.client
      .request('remove', { keys: [...many] })
      .catch((error: unknown) => {
        control.store.dispatch({ type: 'select', at, key: cursor });
        throw error;
      });
    control.store.dispatch({ type: 'unmark' });
    control.store.dispatch({ type: 'notice', text: null });
    await control.link.upTo(rev);
    control.say(control.words.count('say.removed', many.length));
  });
}

/** Moves what is chosen one row up or down among those that are shown. */
export function moveBy(control: Control, by: 1 | -1): void {
  const many = chosen(control.state);
  if (many.length === 0 || control.readOnly()) return;
  void control.run(async () => {
    const { client, link, words } = control;
    // The row that is jumped over stands beside the first or the last of them.
    const edge = by < 0 ? many[0] : many.at(-1);
    if (edge === undefined) return;
    const { at } = await client.request('place', { key: edge });
    const beside = at === null ? -1 : at + by;
    if (beside < 0 || beside >= totalOf(control.state)) {
      control.say(words(by < 0 ? 'say.isFirst' : 'say.isLast'));
      return;
    }
    await link.need(beside, beside + 1);
    const over = control.state.rows.get(beside);
    if (!over) return;
    const before = by < 0 ? over.key : await keyOnLine(control, over.line + 1);
    await moveBefore(control, many, before);
  });
}

/** Moves what is chosen before a line of the document; a line behind the last is the end. */
export function moveToLine(control: Control, line: number): void {
  const many = chosen(control.state);
  if (many.length === 0 || control.readOnly()) return;
  void control.run(async () => {
    await moveBefore(control, many, await keyOnLine(control, line));
  });
}

/** Puts the cursor on a line of the document, from 1; says so where there is none or the filter hides it. */
export function goToLine(control: Control, line: number): void {
  const { client, link, words } = control;
  void control.run(async () => {
    const { found } = await client.request('onLine', { line });
    if (!found) control.refuse(words('line.none', line));
    else if (!(await link.goTo(found.key))) {
      control.store.dispatch({ type: 'hidden', row: { key: found.key, line } });
      control.say(words('hidden.line', line));
    }
  });
}

/** Puts the cursor on the next row that has a problem, or on the one before, and says what it is. */
export function nextProblem(control: Control, back: boolean): void {
  const { client, link, words, store } = control;
  void control.run(async () => {
    const { at } = await client.request('nextProblem', { from: control.state.at, back });
    if (at === null) {
      control.say(words('say.noProblem'));
      return;
    }
    store.dispatch({ type: 'select', at });
    await link.need(at, at + 1);
    const problem = control.state.rows.get(at)?.problem;
    if (problem !== null && problem !== undefined) control.say(problem);
  });
}

async function keyOnLine(control: Control, line: number): Promise<RowKey | null> {
  const { found } = await control.client.request('onLine', { line });
  return found?.key ?? null;
}

async function moveBefore(
  control: Control,
  many: readonly RowKey[],
  before: RowKey | null,
): Promise<void> {
  const { client, link, store, words } = control;
  // They stand there already.
  if (before !== null && many.includes(before)) return;
  const { rev } = await client.request('move', { keys: [...many], before });
  await link.upTo(rev);
  const [first] = many;
  const place = first === undefined ? null : (await client.request('place', { key: first })).at;
  if (place !== null && control.state.marked.size > 0) {
    // Together now, in their order.
    store.dispatch({
      type: 'marked',
      rows: new Map(many.map((key, index) => [key, place + index])),
    });
  }
  control.say(words.count('say.moved', many.length));
}

/** The cursor goes to the first of the rows that were made; one that the filter hides is offered. */
async function arrived(control: Control, rev: number, keys: readonly RowKey[]): Promise<void> {
  control.store.dispatch({ type: 'notice', text: null });
  await control.link.upTo(rev);
  const [first] = keys;
  if (first === undefined) return;
  const shown = await control.link.goTo(first);
  control.store.dispatch({ type: 'hidden', row: shown ? null : { key: first, line: null } });
}
