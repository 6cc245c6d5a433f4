import type { JSX } from 'preact';
import type { DatasetRecord } from '../../src/shared/datasetContract.ts';
import { Button } from '../kit/button.tsx';
import { Radio } from '../kit/choice.tsx';
import { Data } from '../kit/data.tsx';
import { TextArea, TextField } from '../kit/field.tsx';
import { FormProblem } from '../kit/formProblem.tsx';
import { addForm, saveField } from './addField.ts';
import { useCap, useControl, usePart, useWords, useWritable } from './app.tsx';
import type { AddForm } from './state.ts';

/** Names that are offered at the most. */
const OFFERED = 6;

/** The button for a new field, or its form. */
export function AddField({ record }: { readonly record: DatasetRecord }): JSX.Element | null {
  const form = usePart(({ add }) => (add?.key === record.key ? add : null));
  const writable = useWritable();
  const words = useWords();
  const control = useControl();
  const cap = useCap();
  if (!writable) return null;
  if (form) return <Form form={form} record={record} />;
  return (
    <p class="add-field">
      <Button icon="plus" keyCap={cap('a')} onPress={() => addForm(control)}>
        {words('add')}
      </Button>
    </p>
  );
}

function Form({
  form,
  record,
}: {
  readonly form: AddForm;
  readonly record: DatasetRecord;
}): JSX.Element {
  const problem = usePart((state) => state.addProblem);
  const words = useWords();
  const control = useControl();
  const set = (next: Partial<AddForm>): void =>
    control.store.dispatch({ type: 'add', form: { ...form, ...next } });
  return (
    <form
      class="add-form"
      aria-label={words('add.title')}
      onSubmit={(event) => {
        event.preventDefault();
        void saveField(control);
      }}
    >
      <h3>{words('add.title')}</h3>
      <TextField
        autofocus
        label={words('add.name')}
        value={form.name}
        onValue={(name) => set({ name })}
      />
      <Known record={record} name={form.name} onName={(name, as) => set({ name, as })} />
      <Radio
        label={words('add.as')}
        value={form.as}
        options={[
          { value: 'text', label: words('add.text') },
          { value: 'json', label: words('add.json') },
        ]}
        onValue={(as) => set({ as: as === 'json' ? 'json' : 'text' })}
      />
      <TextArea
        rows={1}
        label={words('add.value')}
        value={form.value}
        onValue={(value) => set({ value })}
      />
      <FormProblem text={problem} />
      <p class="form-tools">
        <Button kind="primary" keyCap="Ctrl+Enter" onPress={() => void saveField(control)}>
          {words('add.do')}
        </Button>
        <Button keyCap="Esc" onPress={() => control.act('escape')}>
          {words('cancel')}
        </Button>
      </p>
    </form>
  );
}

/** Fields that other rows have and this one has not. */
function Known({
  record,
  name,
  onName,
}: {
  readonly record: DatasetRecord;
  readonly name: string;
  readonly onName: (name: string, as: AddForm['as']) => void;
}): JSX.Element | null {
  const fields = usePart(({ doc }) => doc?.fields) ?? [];
  const words = useWords();
  const own = new Set(record.fields.map((field) => field.name));
  const others = fields.filter((field) => !own.has(field.name)).slice(0, OFFERED);
  if (others.length === 0) return null;
  return (
    <p class="chips">
      <span class="label">{words('add.known')}</span>
      {others.map((field) => (
        <button
          type="button"
          class="chip"
          key={field.name}
          aria-pressed={field.name === name}
          onClick={() => onName(field.name, field.type === 'text' ? 'text' : 'json')}
        >
          <Data text={field.name} />
        </button>
      ))}
    </p>
  );
}
