// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { NO_DATASET_FILTER, type DatasetState } from '../../../../src/shared/datasetContract.ts';
import { LINES } from '../../../webview/datasetLines.ts';
import { settle, TEN } from './datasetRig.ts';
import { all, area, freshPage, leave, one, press, show, typeInto, words } from './pageRig.tsx';

freshPage();

describe('the list', () => {
  it('is a listbox that says of each row what its pictures say', async () => {
    await show({ lines: LINES }, 'o4');
    const list = one('#rows');
    expect(list.getAttribute('role')).toBe('listbox');
    expect(list.getAttribute('aria-label')).toBe('Rows, 200 listed');
    expect(list.getAttribute('aria-activedescendant')).toBe('row-4');
    const row = one('#row-4');
    expect([row.getAttribute('aria-posinset'), row.getAttribute('aria-setsize')]).toEqual([
      '5',
      '200',
    ]);
    expect(row.getAttribute('aria-selected')).toBe('true');
    expect(row.querySelector('.only-read')?.textContent).toMatch(
      /^line 5, market-0688, The field “answer” stands there twice\., Omar buys/u,
    );
    expect(row.querySelector('.icon-warning')).not.toBeNull();
    expect(words('#row-8 .row-title')).toEqual(['(blank line)']);
  });

  it('marks the words that are looked for in rows and in the record, as text', async () => {
    const hostile =
      '{"id": "<b>-1", "question": "Is <b>3</b> a Question?", "answer": "3 questions"}';
    const { host, control } = await show({ lines: [...TEN, hostile] }, 'o10');
    const text = area('field-1');
    expect(all('mark')).toEqual([]);
    await control.filter({ ...NO_DATASET_FILTER, search: 'QUEST <b>' });
    await settle();
    expect(words('.row-current .row-title mark')).toEqual(['<b>', 'Quest']);
    expect(words('.row-current .row-id mark')).toEqual(['<b>']);
    expect(all('#rows b')).toEqual([]);
    // Behind each field that is edited; the field is the one that it was, and so is its focus.
    expect(area('field-1')).toBe(text);
    expect(words('.found-behind mark')).toEqual(['<b>', '<b>', 'Quest', 'quest']);
    expect(all('.found-behind').every((one) => one.getAttribute('aria-hidden') === 'true')).toBe(
      true,
    );
    await typeInto('field-1', 'A quest');
    expect(words('[data-field="1"] .found-behind mark')).toEqual(['quest']);
    await leave('field-1');
    // Of one field: no other is about it.
    await control.filter({ ...NO_DATASET_FILTER, search: 'quest', field: 'answer' });
    await settle();
    expect(words('mark')).toEqual(['quest']);
    expect(words('[data-field="2"] mark')).toEqual(['quest']);
    // What can only be read is marked in its place.
    host.tell({ readOnly: 'It is frozen.' });
    await settle();
    expect(words('.value mark')).toEqual(['quest']);
    expect(all('.found-behind')).toEqual([]);
    await control.filter(NO_DATASET_FILTER);
    await settle();
    expect(all('mark')).toEqual([]);
  });

  it('marks edited and new rows by a picture and a word', async () => {
    const { host, control } = await show();
    host.writeElsewhere('o1', TEN[1]?.replace('"2"', '"3"') ?? '');
    control.press('insert');
    await settle();
    expect(words('#row-2 .row-word')).toEqual(['edited']);
    expect(all('#row-2 .icon-pencil')).toHaveLength(1);
    expect(words('#row-1 .row-about')[0]).toMatch(/^new/u);
    expect(words('.summary-changes > span')).toEqual([
      '1 row edited',
      '1 row inserted',
      '1 problem',
    ]);
  });

  it('says what an act on the selection is about', async () => {
    const { control } = await show();
    expect(all('.acts [aria-label="Delete the row"]')).toHaveLength(1);
    control.press('extend-down');
    await settle();
    expect(words('.batch-words')).toEqual(['2 rows selected']);
    expect(all('.acts [aria-label="Delete 2 rows"]')).toHaveLength(1);
    expect(all('[aria-selected="true"]').map(({ id }) => id)).toEqual(['row-0', 'row-1']);
    // The editor's own menu is about what is selected, and elsewhere about the row it was opened on.
    const menu = async (id: string): Promise<void> => {
      one(id).dispatchEvent(new MouseEvent('contextmenu', { bubbles: true }));
      await settle();
    };
    await menu('#row-1');
    expect(words('.batch-words')).toEqual(['2 rows selected']);
    expect(one('#row-1').getAttribute('data-vscode-context')).toContain('tailorDatasetRow');
    await menu('#row-4');
    expect(all('[aria-selected="true"]').map(({ id }) => id)).toEqual(['row-4']);
    control.press('extend-down');
    await settle();
    await press('Select None');
    expect(all('.batch')).toEqual([]);
  });

  it('picks by the mouse: one, another one, a range', async () => {
    const { store } = await show();
    const click = async (at: number, keys: MouseEventInit = {}): Promise<void> => {
      one(`#row-${at}`).dispatchEvent(new MouseEvent('click', { bubbles: true, ...keys }));
      await settle();
    };
    await click(2);
    expect(store.state.peek().cursor).toBe('o2');
    await click(4, { ctrlKey: true });
    await click(6, { shiftKey: true });
    expect([...store.state.peek().marked.keys()]).toEqual(['o4', 'o5', 'o6']);
    await click(1);
    expect([store.state.peek().marked.size, store.state.peek().cursor]).toEqual([0, 'o1']);
  });
});

describe('the record', () => {
  it('has a labelled text for every field, with its type', async () => {
    await show({ lines: LINES });
    expect(words('.field-name')).toEqual([
      'id text',
      'question text',
      'answer text',
      'rationale text',
      'difficulty number',
      'checked true/false',
      'source null',
      'tags list',
    ]);
    expect(all('label.field-name').map((each) => each.getAttribute('for'))).toEqual(
      Array.from({ length: 8 }, (_, index) => `field-${index}`),
    );
    expect(area('field-3').value.split('\n')).toHaveLength(4);
    expect(area('field-7').value).toBe('["subtraction", "halves"]');
  });

  it('writes a text when it is left, and shows until then that it is not written', async () => {
    const { host } = await show();
    await typeInto('field-2', '7');
    expect(words('.field-typed')[0]).toMatch(/^Not written yet/u);
    expect(words('#row-0 .row-word')).toEqual(['text not written']);
    expect(area('field-2').getAttribute('aria-describedby')).toBe('field-2-draft');
    await leave('field-2');
    expect(host.texts[0]).toMatch(/"answer": "7"/u);
    expect([words('.field-typed'), words('#row-0 .row-word')]).toEqual([[], ['edited']]);
  });

  it('says at the text why it was not written, and keeps it', async () => {
    const { host } = await show({ lines: LINES });
    await typeInto('field-4', 'three');
    await leave('field-4');
    expect(words('[role=alert]')[0]).toMatch(/^This is not valid JSON/u);
    expect(area('field-4').getAttribute('aria-invalid')).toBe('true');
    expect(area('field-4').value).toBe('three');
    expect(host.texts).toEqual(LINES);
    await press('Write as Text');
    expect(host.texts[0]).toContain('"difficulty": "three"');
    expect(words('[role=alert]')).toEqual([]);
  });

  it('shows the other text beside one that is another meanwhile, and takes either', async () => {
    const { host } = await show();
    const theirs = TEN[0]?.replace('"0"', '"theirs"') ?? '';
    await typeInto('field-2', 'mine');
    host.writeElsewhere('o0', theirs);
    await settle();
    expect(area('field-2').value).toBe('mine');
    expect(words('.draft-other .value')).toEqual(['theirs']);
    await leave('field-2');
    expect(host.texts[0]).toBe(theirs);
    await press('Write Mine');
    expect(host.texts[0]).toMatch(/"mine"/u);
    await typeInto('field-2', 'again');
    host.writeElsewhere('o0', theirs);
    await settle();
    await press('Take the Other');
    expect([area('field-2').value, host.texts[0]]).toEqual(['theirs', theirs]);
  });

  it('shows what was typed for a field that is gone, and makes it a field', async () => {
    const { host } = await show();
    await typeInto('field-2', 'mine');
    host.writeElsewhere('o0', '{"id": "q-0"}');
    await settle();
    expect(words('.banner-warning')[0]).toContain('Typed for the field “answer”, which is gone:');
    expect(words('.draft-other .value')).toEqual(['mine']);
    await press('Add as a New Field');
    expect(words('.draft-other')).toEqual([]);
    one('.add-form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    await settle();
    expect(host.texts[0]).toBe('{"id": "q-0", "answer": "mine"}');
  });

  it('turns a text into JSON and takes what is typed along', async () => {
    const { host } = await show();
    await typeInto('field-2', '12');
    await press('Edit “answer” as JSON');
    expect(area('field-2').value).toBe('"12"');
    await typeInto('field-2', '12');
    await leave('field-2');
    expect(host.texts[0]).toMatch(/"answer": 12\}/u);
    expect(words('.field-type')[2]).toBe('number');
  });

  it('warns of a name that stands there twice, and tells the two apart', async () => {
    const { host } = await show({ lines: LINES }, 'o4');
    expect(words('.field-note')).toHaveLength(2);
    await typeInto('field-3', '17');
    expect(area('field-2').value).toBe('19');
    await leave('field-3');
    expect(host.texts[4]).toMatch(/"answer": "19", "answer": "17"\}$/u);
  });

  it('shows the beginning of a long text, and opens it as a document', async () => {
    const { host } = await show({ lines: LINES }, 'o3');
    expect(words('.field-clipped .muted')).toEqual(['The first 20,000 of 31,500 characters.']);
    expect(one('.value-long').getAttribute('tabindex')).toBe('0');
    await press('Open as Document');
    expect(host.asked('open')).toEqual([{ key: 'o3', how: 'field', index: 2 }]);
  });

  it('edits the line of what cannot be read', async () => {
    const { host } = await show({ lines: LINES }, 'o6');
    await typeInto('line', '{"id": "broken-0702"}');
    await leave('line');
    expect(host.texts[6]).toBe('{"id": "broken-0702"}');
    expect(words('.field-name')).toEqual(['id text']);
  });

  it('can be read, not changed, where that is so, with the reason', async () => {
    await show({ lines: LINES, state: { readOnly: 'round 1 is frozen.' } });
    expect(words('.banner')).toEqual(['Read-only: round 1 is frozen.']);
    expect(all('textarea, .field-head .icon-button, .add-field')).toEqual([]);
    expect(words('.field-body .value')).toHaveLength(8);
    expect(all('.acts vscode-button[disabled]').length).toBeGreaterThan(0);
  });

  it('shows eighty fields, and the others when they are asked for', async () => {
    const wide = JSON.stringify(
      Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, index])),
    );
    await show({ lines: [wide] });
    expect(all('.field-card')).toHaveLength(80);
    await press('Show 120 more fields');
    expect(all('.field-card')).toHaveLength(200);
  });
});

describe('the states of the page', () => {
  const over = async (state: Partial<DatasetState>) => show({ lines: TEN, state });

  it('offers a first row to an empty file', async () => {
    const { host } = await show({ lines: [] });
    expect(words('.blank-title')).toEqual(['This file is empty']);
    await press('Insert the First Row');
    expect(host.texts).toEqual(['{}']);
    expect(all('#row-0')).toHaveLength(1);
  });

  it('says that nothing matches, and shows all again', async () => {
    const { control } = await show();
    await control.filter({ search: 'zzz', field: null, only: 'all' });
    await settle();
    expect(words('.blank-title')).toEqual(['Nothing matches']);
    expect(words('#live')[0]).toBe('0 rows found.');
    await press('Show All Rows');
    expect(all('[role=option]')).toHaveLength(10);
  });

  it('counts while it reads and searches', async () => {
    await over({
      rows: 100_000,
      shown: 10,
      filtered: 0.436,
      filter: { search: 'q', field: null, only: 'all' },
    });
    expect(words('.found')).toEqual(['10 of 100,000 · 43% searched']);
    expect(one('[role=progressbar]').getAttribute('aria-valuenow')).toBe('43');
    // What has been found can be read meanwhile.
    expect(one('#rows').getAttribute('aria-busy')).toBe('false');
  });

  it('asks what to do about a file that changed on disk, and says what is lost', async () => {
    const { host } = await over({ conflict: 'changed', dirty: true });
    expect(words('.banner-buttons vscode-button')).toEqual([
      'Reload, Dropping My Edits',
      'Keep My Edits',
      'Compare',
    ]);
    await press('Compare');
    expect(host.asked('settle')[0]).toEqual({ how: 'compare' });
  });

  it('offers no reload of a file that is gone', async () => {
    await over({ conflict: 'deleted', dirty: true });
    expect(words('.banner-buttons vscode-button')).toEqual(['Keep My Edits']);
  });

  it('filters by field and by kind of row', async () => {
    const { host } = await show({ lines: LINES });
    const choose = async (label: string, value: string): Promise<void> => {
      const select = document.querySelector<HTMLSelectElement>(`select[aria-label="${label}"]`);
      if (!select) throw new Error(`There is no choice "${label}".`);
      select.value = value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
      await settle();
    };
    await choose('Rows to show', 'problems');
    expect(words('.found')).toEqual(['4 of 200']);
    await choose('Field to search in', '=answer');
    await choose('Rows to show', 'missing-field');
    expect(host.asked('filter').at(-1)).toEqual({
      search: '',
      field: 'answer',
      only: 'missing-field',
    });
    expect(words('select[aria-label="Rows to show"] option').at(-1)).toBe(
      'Without the field “answer”',
    );
    await press('Clear the search');
    expect(words('.found')).toEqual(['200 rows']);
  });

  it('goes to a line, and says what is no line', async () => {
    const { control, store } = await show();
    control.press('go-to-line');
    await settle();
    store.dispatch({ type: 'overlay', overlay: { kind: 'line', line: 'x' } });
    const send = async (): Promise<void> => {
      one('.line-form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
      await settle();
    };
    await send();
    expect(words('.line-form [role=alert]')).toEqual(['A line is a whole number from 1.']);
    store.dispatch({ type: 'overlay', overlay: { kind: 'line', line: '7' } });
    await send();
    expect([store.state.peek().cursor, all('.line-form')]).toEqual(['o6', []]);
  });

  it('edits the question first, never the id, unless there is nothing else', async () => {
    const { control } = await show({ lines: [TEN[0] ?? '', '{"id": "alone"}'] });
    control.press('edit');
    await settle();
    expect(document.activeElement?.id).toBe('field-1');
    control.press('next');
    control.press('edit');
    await settle();
    expect([area('field-0').value, document.activeElement?.id]).toEqual(['alone', 'field-0']);
  });

  it('has one polite voice', async () => {
    const { control } = await show();
    expect(all('[aria-live]')).toHaveLength(1);
    control.press('remove');
    await settle();
    expect(words('#live')[0]).toBe('Row deleted. Undo brings it back.');
  });
});
