import { describe, expect, it } from 'vitest';
import { draftId, linePlace, turned } from '../../../../webview/dataset/drafts.ts';
import { addForm, removeField, saveField } from '../../../../webview/dataset/addField.ts';
import { keptOf } from '../../../../webview/dataset/kept.ts';
import { open, settle, TEN } from './datasetRig.ts';

const FIRST = TEN[0] ?? '';

describe('Control: writing', () => {
  it('writes a text as it was typed, and nothing else of the line', async () => {
    const { host, control, state, type, said } = await open();
    const id = type('answer', 'seven "7" \u202e');
    expect(state().drafts[id]?.text).toBe('seven "7" \u202e');
    await control.write(id);
    await settle();
    expect(host.texts[0]).toBe(FIRST.replace('"0"', '"seven \\"7\\" \u202e"'));
    expect([state().drafts, said()]).toEqual([{}, 'Edited.']);
    expect(state().record?.fields[2]?.value).toBe('seven "7" \u202e');
    expect(state().record?.state).toBe('edited');
  });

  it('keeps line ends that a text area cannot hold', async () => {
    const line = '{"id": 1, "text": "a\\r\\nb\\rc"}';
    const { host, control, type } = await open({ lines: [line] });
    await control.write(type('text', 'a\nbX\nc'));
    expect(host.texts[0]).toBe('{"id": 1, "text": "a\\r\\nbX\\rc"}');
  });

  it('writes JSON as it is spelt, on one line, and refuses what is none with its reason', async () => {
    const line = '{"n": 1.50, "list": [1,2]}';
    const { host, control, state, type } = await open({ lines: [line] });
    const number = type('n', '1e400', 'json');
    await control.write(number);
    await settle();
    expect(host.texts[0]).toBe('{"n": 1e400, "list": [1,2]}');
    const broken = type('n', '1.', 'json');
    await control.write(broken);
    expect(state().refusals.get(broken)).toMatch(/not valid JSON/u);
    expect(state().drafts[broken]?.text).toBe('1.');
    expect(host.asked('setField')).toHaveLength(1);
    // What is meant as a text becomes one.
    await control.writeAsText(broken);
    await settle();
    expect(host.texts[0]).toBe('{"n": "1.", "list": [1,2]}');
    await control.write(type('list', '[\n  1,\n  {"a": 3}\n]', 'json'));
    expect(host.texts[0]).toBe('{"n": "1.", "list": [1, {"a": 3}]}');
  });

  it('writes nothing that says what stands there anyway', async () => {
    const { host, control, state, type } = await open();
    await control.write(type('answer', '0'));
    await control.write(type('id', '"q-0"', 'json'));
    expect([host.asked('setField'), state().drafts]).toEqual([[], {}]);
  });

  it('takes back what was typed', async () => {
    const { control, state, type, page, press } = await open();
    const id = type('answer', 'x');
    page.editing = () => id;
    await press('escape');
    expect(state().drafts).toEqual({});
    expect(page.did).toEqual([]);
    await press('escape');
    expect(page.did).toEqual(['list']);
    expect(control.state.record?.fields[2]?.value).toBe('0');
  });

  it('writes once what is sent by a key and then by leaving the text', async () => {
    const { host, control, state, type } = await open();
    host.late = 10;
    const id = type('answer', '1');
    const results = await Promise.all([control.write(id, true), control.write(id)]);
    await settle();
    expect(results).toHaveLength(2);
    expect(host.asked('setField')).toHaveLength(1);
    expect([state().drafts, state().refusals.size]).toEqual([{}, 0]);
  });

  it('keeps what was typed while a write was on its way', async () => {
    const { host, control, state, type } = await open();
    host.late = 10;
    const id = type('answer', '1');
    const first = control.write(id);
    type('answer', '12');
    await first;
    expect(state().drafts[id]?.text).toBe('12');
    await control.write(id);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([host.texts[0], state().drafts]).toEqual([FIRST.replace('"0"', '"12"'), {}]);
  });

  it('writes two fields one after the other, each on the content that the first left', async () => {
    const { host, control, type, state } = await open();
    host.late = 5;
    const writes = [control.write(type('answer', '1')), control.write(type('question', 'New?'))];
    await Promise.all(writes);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(host.texts[0]).toBe('{"id": "q-0", "question": "New?", "answer": "1"}');
    expect(state().refusals.size).toBe(0);
  });

  it('fetches a row afresh that was changed meanwhile, keeps the text and says so', async () => {
    const { host, control, state, type } = await open();
    const id = type('answer', 'mine');
    host.writeSilently('o0', FIRST.replace('"0"', '"theirs"'));
    await control.write(id);
    await settle();
    expect(host.texts[0]).toBe(FIRST.replace('"0"', '"theirs"'));
    expect(state().refusals.get(id)).toMatch(/changed meanwhile/u);
    expect(state().drafts[id]?.text).toBe('mine');
    expect(state().record?.fields[2]?.value).toBe('theirs');
    await control.write(id);
    expect(host.texts[0]).toBe(FIRST.replace('"0"', '"theirs"'));
    await control.write(id, true);
    await settle();
    expect([host.texts[0], state().drafts]).toEqual([FIRST.replace('"0"', '"mine"'), {}]);
  });

  it('writes over a change of another field unasked, also where fields stand elsewhere now', async () => {
    const { host, control, state, type } = await open();
    const id = type('answer', 'mine');
    host.writeSilently('o0', '{"new": 1, "id": "q-0", "question": "Theirs?", "answer": "0"}');
    await control.write(id);
    await settle();
    expect(host.texts[0]).toBe('{"new": 1, "id": "q-0", "question": "Theirs?", "answer": "mine"}');
    expect(state().drafts).toEqual({});
  });

  it('writes nothing into another field where its own is gone', async () => {
    const { host, control, state, type } = await open();
    const id = type('answer', 'mine');
    host.writeSilently('o0', '{"id": "q-0", "question": "Theirs?"}');
    await control.write(id, true);
    await settle();
    expect(host.texts[0]).toBe('{"id": "q-0", "question": "Theirs?"}');
    expect(state().refusals.get(id)).toMatch(/gone/u);
  });

  it('never writes a text of its former life unasked into a row that is another now', async () => {
    const first = await open();
    const id = first.type('answer', 'mine');
    const kept = JSON.parse(JSON.stringify(keptOf(first.state(), 0, id))) as unknown;
    // The same field says the same, but it is another row.
    const lines = ['{"id": "other", "question": "Another?", "answer": "0"}', ...TEN];
    const { host, control, state } = await open({ lines }, kept);
    await control.write(id);
    expect(host.asked('setField')).toEqual([]);
    expect(state().drafts[id]?.text).toBe('mine');
    await control.write(id, true);
    expect(host.texts[0]).toMatch(/"mine"/u);
  });

  it('does not take another row for its own where the file was read anew', async () => {
    const { host, control, state, type } = await open();
    const id = type('answer', 'mine');
    // The same key, the same text in the same field, and yet another row.
    host.writeElsewhere('o0', '{"id": "q-77", "question": "Question 77?", "answer": "0"}');
    await settle();
    await control.write(id);
    expect(host.asked('setField')).toEqual([]);
    expect(state().drafts[id]?.text).toBe('mine');
    host.writeSilently('o0', '{"id": "q-78", "question": "Question 78?", "answer": "0"}');
    await control.write(id, true);
    await settle();
    expect(host.texts[0]).not.toMatch(/mine/u);
    expect(state().refusals.get(id)).toMatch(/changed meanwhile/u);
  });

  it('writes the id and then another field of the same row', async () => {
    const { host, control, state, type } = await open();
    host.late = 5;
    await Promise.all([control.write(type('id', 'renamed')), control.write(type('answer', '1'))]);
    await settle();
    expect(host.texts[0]).toBe('{"id": "renamed", "question": "Question 0?", "answer": "1"}');
    expect(state().refusals.size).toBe(0);
  });

  it('says a refusal at its text, and aloud where the person has gone on', async () => {
    const { host, control, state, type, press, said } = await open();
    const id = type('answer', 'x');
    host.refuse = 'The disk is full.';
    const writing = control.write(id);
    await press('next');
    await writing;
    expect([state().refusals.get(id), said()]).toEqual(['The disk is full.', 'The disk is full.']);
    expect(state().record?.key).toBe('o1');
    await press('previous');
    await control.write(id);
    await settle();
    expect(state().drafts).toEqual({});
  });

  it('writes a line as text, pretty JSON as one line, and no line break', async () => {
    const { host, control, state } = await open({ lines: ['{"a": 1', '{"b": 2}'] });
    const place = linePlace('o0');
    control.type(place, 'line', '{"a":\n 1}');
    await control.write(draftId(place));
    await settle();
    expect(host.texts[0]).toBe('{"a": 1}');
    expect(state().record?.kind).toBe('record');
    control.type(place, 'line', 'two\nlines');
    await control.write(draftId(place));
    expect(state().refusals.get(draftId(place))).toMatch(/one line/u);
    expect(host.texts[0]).toBe('{"a": 1}');
  });

  it('writes nothing where nothing may be written', async () => {
    const { host, control, state, type } = await open({
      lines: TEN,
      state: { readOnly: 'Frozen.' },
    });
    const id = type('answer', 'x');
    await control.write(id, true);
    expect([host.texts, state().refusals.get(id)]).toEqual([TEN, 'Frozen.']);
  });

  it('sends what is being typed before the editor saves with the same key', async () => {
    const { host, type, page, control } = await open();
    const id = type('answer', 'x');
    page.editing = () => id;
    // False: the key goes on to the editor.
    expect(control.press('write')).toBe(false);
    await Promise.resolve();
    await settle();
    expect(host.texts[0]).toMatch(/"x"/u);
  });

  it('turns what is typed into JSON and back', async () => {
    const { state, type } = await open();
    const id = type('answer', 'a "b"');
    const draft = state().drafts[id];
    if (!draft) throw new Error('No draft.');
    expect(turned(draft).text).toBe('"a \\"b\\""');
    expect(turned(turned(draft))).toEqual(draft);
    expect(turned({ ...draft, as: 'json', text: '12' }).text).toBe('12');
  });
});

describe('Control: fields', () => {
  it('adds a field once it has a name of its own and a value', async () => {
    const { host, control, state, said } = await open();
    addForm(control);
    const set = (form: object): void => {
      const { add } = state();
      if (add) control.store.dispatch({ type: 'add', form: { ...add, ...form } });
    };
    await saveField(control);
    expect(state().addProblem).toBe('A field needs a name.');
    set({ name: 'answer' });
    await saveField(control);
    expect(state().addProblem).toMatch(/already/u);
    set({ name: 'tags', as: 'json', value: '[1,' });
    await saveField(control);
    expect(state().addProblem).toMatch(/not valid JSON/u);
    set({ value: '[1,\n2]' });
    await saveField(control);
    await settle();
    expect(host.texts[0]).toBe(FIRST.replace('}', ', "tags": [1, 2]}'));
    expect([state().add, said()]).toEqual([null, 'Field “tags” added.']);
    expect(state().record?.fields).toHaveLength(4);
  });

  it('keeps a new field that was refused, and one of another row', async () => {
    const { host, control, state, press } = await open();
    addForm(control);
    const { add } = state();
    if (add) control.store.dispatch({ type: 'add', form: { ...add, name: 'x' } });
    host.refuse = 'The disk is full.';
    await saveField(control);
    expect([state().add?.name, state().addProblem]).toEqual(['x', 'The disk is full.']);
    await press('next', 'previous');
    expect(state().add?.name).toBe('x');
    await press('escape');
    expect(state().add).toBeNull();
  });

  it('removes a field, and writes the next one to where it is then', async () => {
    const { host, control, type, said } = await open();
    host.late = 5;
    const removing = removeField(control, 0);
    const writing = control.write(type('answer', 'x'));
    await Promise.all([removing, writing]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(host.texts[0]).toBe('{"question": "Question 0?", "answer": "x"}');
    expect(said()).not.toBe('');
  });

  it('says that a removed field was changed meanwhile, and removes no other', async () => {
    const { host, control, state } = await open();
    host.writeSilently('o0', '{"question": "Q?", "id": "q-0"}');
    await removeField(control, 0);
    await settle();
    expect(host.texts[0]).toBe('{"question": "Q?", "id": "q-0"}');
    expect(state().notice).not.toBeNull();
  });
});
