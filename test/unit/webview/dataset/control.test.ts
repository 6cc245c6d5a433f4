import { describe, expect, it } from 'vitest';
import { NO_DATASET_FILTER } from '../../../../src/shared/datasetContract.ts';
import { keptOf } from '../../../../webview/dataset/kept.ts';
import { open, settle, TEN } from './datasetRig.ts';

const answersOf = (texts: readonly string[]): string[] =>
  texts.map((text) => /"answer": "([^"]*)"/u.exec(text)?.[1] ?? '–');

describe('Control: going about', () => {
  it('shows the first row and its record, and follows the cursor', async () => {
    const { state, press } = await open();
    expect([state().at, state().cursor, state().record?.key]).toEqual([0, 'o0', 'o0']);
    await press('next', 'next', 'previous', 'page-down');
    expect([state().at, state().record?.key]).toEqual([5, 'o5']);
    await press('last');
    expect([state().at, state().record?.line]).toEqual([9, 10]);
    await press('first');
    expect(state().record?.key).toBe('o0');
  });

  it('goes to a line and to the next problem, however far they lie, and round the ends', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) =>
      index % 1000 === 700 ? '{"id": 1' : (TEN[index % 10] ?? ''),
    );
    const { state, press, control, said } = await open({ lines });
    await press('next-problem');
    expect(state().record?.line).toBe(701);
    expect(said()).toMatch(/Not valid JSON/u);
    await press('next-problem', 'next-problem', 'next-problem');
    expect(state().record?.line).toBe(701);
    await press('previous-problem');
    expect(state().record?.line).toBe(2701);
    const { goToLine } = await import('../../../../webview/dataset/rowActs.ts');
    goToLine(control, 1234);
    await settle();
    expect([state().at, state().record?.line]).toEqual([1233, 1234]);
    goToLine(control, 9999);
    await settle();
    expect(state().notice).toBe('There is no line 9,999.');
  });

  it('asks only for the rows that are looked at, of ten million', async () => {
    const { host, state, press, control } = await open({ endless: 10_000_000 });
    await press('last');
    expect([state().at, state().record?.line]).toEqual([9_999_999, 10_000_000]);
    control.link.inSight(5_000_000, 5_000_030);
    await settle();
    expect(state().rows.get(5_000_010)?.title).toBe('Question 5000011?');
    expect(host.asked('rows').length).toBeLessThan(8);
    expect(state().rows.size).toBeLessThan(1000);
  });

  it('keeps its row when rows come and go elsewhere, and its place when its row goes', async () => {
    const { host, state, press } = await open();
    await press('next', 'next', 'next');
    expect(state().cursor).toBe('o3');
    await host.handlers().remove({ keys: ['o0', 'o1'] }, new AbortController().signal);
    await settle();
    expect([state().at, state().cursor, state().record?.line]).toEqual([1, 'o3', 2]);
    await host.handlers().remove({ keys: ['o3'] }, new AbortController().signal);
    await settle();
    expect([state().at, state().cursor]).toEqual([1, 'o4']);
    expect(state().record?.key).toBe('o4');
    host.undo();
    await settle();
    expect([state().cursor, state().at]).toEqual(['o4', 2]);
  });

  it('searches, and stays on its row where the search shows it', async () => {
    const { state, press, control } = await open();
    await press('next', 'next');
    await control.filter({ ...NO_DATASET_FILTER, search: 'question' });
    await settle();
    expect([state().cursor, state().at]).toEqual(['o2', 2]);
    await control.filter({ ...NO_DATASET_FILTER, search: '7?' });
    await settle();
    expect([state().doc?.shown, state().cursor, state().at]).toEqual([1, 'o7', 0]);
    await control.filter({ ...NO_DATASET_FILTER, search: 'zzz' });
    await settle();
    expect([state().doc?.shown, state().at, state().cursor, state().record]).toEqual([
      0,
      -1,
      null,
      null,
    ]);
    await control.filter(NO_DATASET_FILTER);
    await settle();
    expect([state().at, state().record?.key]).toEqual([0, 'o0']);
  });

  it('is led to a row by another view; a filter that hides it gives way', async () => {
    const { host, state, control, page } = await open();
    host.show('o4');
    await settle();
    expect(state().record?.key).toBe('o4');
    await control.filter({ ...NO_DATASET_FILTER, search: '7?' });
    host.show('o2');
    await settle();
    expect([state().record?.key, state().doc?.shown]).toEqual(['o2', 10]);
    expect(page.did).toContain('list');
  });

  it('edits the record that was asked for, as soon as it is there', async () => {
    const { host, control, page, state } = await open();
    host.late = 20;
    control.press('next');
    control.press('edit');
    expect(page.did).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([state().record?.key, page.did]).toEqual(['o1', ['record']]);
  });

  it('is where it was after the page was loaded anew', async () => {
    const first = await open();
    await first.press('next', 'next', 'next');
    await first.control.filter({ ...NO_DATASET_FILTER, search: 'question' });
    await settle();
    const id = first.type('answer', 'half a thought');
    const kept = JSON.parse(JSON.stringify(keptOf(first.state(), 132, id))) as unknown;
    const second = await open({ lines: TEN }, kept);
    expect([second.state().cursor, second.state().doc?.filter.search]).toEqual(['o3', 'question']);
    expect(second.state().drafts[id]?.text).toBe('half a thought');
    expect(second.page.did).toEqual([`text ${id}`]);
  });

  it('waits for its row where the file is still being read', async () => {
    const kept = { ...keptOf((await open()).state(), 0, null), sel: 'o8' };
    const { host, state } = await open(
      { lines: TEN, state: { read: 0.2, shown: 3, rows: 3 } },
      kept,
    );
    expect([state().cursor, state().at]).toEqual(['o0', 0]);
    host.tell({});
    await settle();
    expect([state().cursor, state().at, state().record?.key]).toEqual(['o8', 8, 'o8']);
  });

  it('does not go back to a row where the person has gone on meanwhile', async () => {
    const kept = { ...keptOf((await open()).state(), 0, null), sel: 'o8' };
    const reading = { read: 0.2, shown: 3, rows: 3 };
    const { host, state, press } = await open({ lines: TEN, state: reading }, kept);
    await press('next');
    host.tell({});
    await settle();
    expect([state().cursor, state().at]).toEqual(['o1', 1]);
  });

  it('says that the host does not answer, and tries again', async () => {
    const { host, control, state } = await open();
    host.refuseInit = 'The document was closed.';
    await control.start(keptOf(state(), 0, null));
    expect([state().link, state().problem]).toEqual(['lost', 'The document was closed.']);
    await control.start(keptOf(state(), 0, null));
    await settle();
    expect([state().link, state().record?.key]).toEqual(['ready', 'o0']);
  });
});

describe('Control: rows', () => {
  it('inserts below, duplicates, deletes, each with the cursor where the person goes on', async () => {
    const { host, state, press, said } = await open();
    await press('next', 'insert');
    expect([state().cursor, state().at, host.texts.length]).toEqual(['n1', 2, 11]);
    expect(host.texts[2]).toBe('{"id": "", "question": "", "answer": ""}');
    await press('remove');
    expect([state().cursor, state().at, host.texts]).toEqual(['o2', 2, TEN]);
    expect(said()).toBe('Row deleted. Undo brings it back.');
    await press('duplicate');
    expect([state().cursor, state().at]).toEqual(['n2', 3]);
    expect(host.texts[3]).toBe(host.texts[2]);
  });

  it('acts on what is picked, in one step, and says how many', async () => {
    const { host, state, press, said } = await open();
    await press('extend-down', 'extend-down');
    expect([...state().marked.keys()]).toEqual(['o0', 'o1', 'o2']);
    await press('extend-up');
    expect([...state().marked.keys()]).toEqual(['o0', 'o1']);
    await press('remove');
    expect(host.asked('remove')).toEqual([{ keys: ['o0', 'o1'] }]);
    expect([said(), state().marked.size, state().cursor]).toEqual([
      '2 rows deleted. Undo brings them back.',
      0,
      'o2',
    ]);
    host.undo();
    await settle();
    expect([host.texts, state().cursor, state().at]).toEqual([TEN, 'o2', 2]);
  });

  it('moves rows up and down, one row or several, and to a line', async () => {
    const { host, state, press, control, said } = await open();
    const { moveToLine } = await import('../../../../webview/dataset/rowActs.ts');
    await press('move-up');
    expect(said()).toBe('There is no row above.');
    await press('move-down');
    expect(answersOf(host.texts).slice(0, 3)).toEqual(['2', '0', '4']);
    expect([state().cursor, state().at]).toEqual(['o0', 1]);
    await press('move-up');
    expect(host.texts).toEqual(TEN);
    await press('last', 'move-down');
    expect(said()).toBe('There is no row below.');
    await press('extend-up', 'move-up');
    expect(answersOf(host.texts)).toEqual(['0', '2', '4', '6', '8', '10', '12', '16', '18', '14']);
    await press('move-up');
    expect(answersOf(host.texts).slice(6)).toEqual(['16', '18', '12', '14']);
    moveToLine(control, 1);
    await settle();
    expect(answersOf(host.texts).slice(0, 3)).toEqual(['16', '18', '0']);
    moveToLine(control, 11);
    await settle();
    expect(host.texts).toEqual(TEN);
  });

  it('jumps over hidden rows only as far as the next that is shown', async () => {
    const { host, press, control } = await open();
    await control.filter({ ...NO_DATASET_FILTER, search: '"answer": "1' });
    await settle();
    // Shown: rows 5 to 9.
    await press('first', 'move-down');
    expect(answersOf(host.texts)).toEqual(['0', '2', '4', '6', '8', '12', '10', '14', '16', '18']);
  });

  it('deletes row after row however fast the key comes, and what was pressed between waits', async () => {
    const { host, control, state } = await open();
    host.late = 5;
    for (const action of ['remove', 'next', 'remove', 'remove'] as const) control.press(action);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(host.asked('remove')).toEqual([{ keys: ['o0'] }, { keys: ['o2'] }, { keys: ['o3'] }]);
    expect(state().cursor).toBe('o4');
  });

  it('offers a new row that the filter hides', async () => {
    const { state, press, control } = await open();
    await control.filter({ ...NO_DATASET_FILTER, search: 'question 3?' });
    await settle();
    await press('insert');
    expect(state().hidden).toEqual({ key: 'n1', line: null });
    await control.show('n1');
    expect([state().cursor, state().at]).toEqual(['n1', 4]);
  });

  it('picks a range whole, and all that are shown, as far as one act goes', async () => {
    const lines = Array.from({ length: 2500 }, (_, index) => TEN[index % 10] ?? '');
    const { state, press, control } = await open({ lines });
    await press('mark-all');
    expect([state().marked.size, state().at]).toEqual([2500, 0]);
    await press('escape');
    expect(state().marked.size).toBe(0);
    await press('extend-last');
    expect([state().marked.size, state().at]).toEqual([2500, 2499]);
    // Another filter gives up what it would hide.
    await control.filter({ ...NO_DATASET_FILTER, search: 'question 3?' });
    await settle();
    expect(state().marked.size).toBe(0);
  });

  it('says where no more can be picked', async () => {
    const { state, press } = await open({ endless: 50_000 });
    await press('mark-all');
    expect(state().marked.size).toBe(10_000);
    expect(state().notice).toMatch(/No more than 10,000 rows/u);
  }, 20_000);

  it('changes nothing where nothing may be changed, and says why', async () => {
    const { host, press, state, said, control } = await open({
      lines: TEN,
      state: { readOnly: 'Round 1 is frozen.' },
    });
    await press('insert', 'duplicate', 'remove', 'move-down', 'add-field', 'move-to');
    const { removeField } = await import('../../../../webview/dataset/addField.ts');
    await removeField(control, 0);
    expect(host.texts).toEqual(TEN);
    for (const method of ['insert', 'duplicate', 'remove', 'move', 'removeField'])
      expect(host.asked(method)).toEqual([]);
    expect([said(), state().notice]).toEqual(['Round 1 is frozen.', null]);
  });

  it('shows why an act was refused until the next one is done', async () => {
    const { host, press, state } = await open();
    host.refuse = 'The disk is full.';
    await press('duplicate');
    expect(state().notice).toBe('The disk is full.');
    await press('duplicate');
    expect(state().notice).toBeNull();
  });

  it('does what the palette asks for, and nothing behind the key list', async () => {
    const { host, state, press, page } = await open();
    host.command('duplicate');
    host.command('search');
    await settle();
    expect([host.texts.length, page.did]).toEqual([11, ['search']]);
    await press('keys', 'remove');
    expect(host.texts.length).toBe(11);
    await press('escape');
    expect(state().overlay.kind).toBe('none');
  });

  it('opens a row elsewhere, in Review only where the file is a set of the project', async () => {
    const { host, press, page } = await open();
    page.field = () => 2;
    await press('open-text', 'open-review', 'open-field');
    expect(host.asked('open')).toEqual([
      { key: 'o0', how: 'text' },
      { key: 'o0', how: 'review' },
      { key: 'o0', how: 'field', index: 2 },
    ]);
    host.tell({ set: null });
    await settle();
    await press('open-review');
    expect(host.asked('open')).toHaveLength(3);
  });
});

describe('Control: a row that goes while its record is asked for', () => {
  it('goes on to the next one without a word about it', async () => {
    const { host, control, state } = await open();
    // The record is asked for before the row goes, and answered before the rows are.
    host.lateFor.set('record', 30).set('rows', 60);
    control.press('next');
    control.press('remove');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([state().notice, state().cursor, state().record?.key]).toEqual([null, 'o2', 'o2']);
  });

  it('says why a record cannot be shown', async () => {
    const { host, control, state } = await open();
    host.unreadable = 'o1';
    control.press('next');
    await settle();
    expect(state().notice).toBe('The disk cannot be read.');
    await control.link.refresh();
    expect(state().cursor).toBe('o1');
  });
});
