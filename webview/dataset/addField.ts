import { messageOf } from '../kit/failure.ts';
import type { Control } from './control.ts';
import { gather, isJson } from './jsonSpacing.ts';

/** Opens the form for a new field of the record on screen. */
export function addForm(control: Control): void {
  const { record, add } = control.state;
  if (record?.kind !== 'record' || control.readOnly()) return;
  const open = add?.key === record.key ? add : null;
  const form = open ?? { key: record.key, name: '', as: 'text' as const, value: '' };
  control.store.dispatch({ type: 'add', form });
}

/** Sends it; what is wrong with it stands in the form. */
export async function saveField(control: Control): Promise<void> {
  const { state, store, words, page } = control;
  const { add: form, record } = state;
  if (!form || control.readOnly()) return;
  const problem =
    form.name === ''
      ? words('need.name')
      : record?.key === form.key && record.fields.some(({ name }) => name === form.name)
        ? words('need.otherName', form.name)
        : form.as === 'json' && !isJson(form.value)
          ? words('need.json')
          : null;
  if (problem !== null) {
    store.dispatch({ type: 'add', form, problem });
    return;
  }
  const value = form.as === 'json' ? gather(form.value, record?.raw ?? '') : form.value;
  try {
    await control.writer.addField(form.key, form.name, form.as, value);
    store.dispatch({ type: 'add', form: null });
    control.say(words('say.added', form.name));
    page.focusList();
  } catch (error) {
    store.dispatch({ type: 'add', form, problem: messageOf(error) });
  }
}

/** Takes a field out of the record on screen, by its place in it. */
export async function removeField(control: Control, index: number): Promise<void> {
  const { record } = control.state;
  const field = record?.fields[index];
  if (!record || !field || control.readOnly()) return;
  await control.quietly(async () => {
    const rev = await control.writer.removeField(record.key, index);
    control.say(control.words('say.fieldRemoved', field.name));
    await control.link.upTo(rev);
    control.page.keepFocus();
  });
}
