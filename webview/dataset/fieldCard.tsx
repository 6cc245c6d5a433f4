import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DatasetField, DatasetRecord } from '../../src/shared/datasetContract.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { IconButton } from '../kit/iconButton.tsx';
import { visibleText } from '../kit/visible.ts';
import { removeField } from './addField.ts';
import { useControl, usePart, useWords, useWritable } from './app.tsx';
import { draftAt } from './state.ts';
import { startOf, turned, type Place } from './drafts.ts';
import { Editable } from './editable.tsx';
import { HiddenCharacters } from './hiddenCharacters.tsx';
import { ReadText } from './readText.tsx';

interface FieldCardProps {
  readonly record: DatasetRecord;
  readonly field: DatasetField;
  readonly place: Place;
}

/** One field: its name and type, its value as text or as JSON, and what is wrong with it. */
export function FieldCard({ record, field, place }: FieldCardProps): JSX.Element {
  const draft = usePart((state) => draftAt(state, place));
  const [chosenJson, setJson] = useState(false);
  const writable = useWritable();
  const words = useWords();
  const control = useControl();
  const { index, name, type, clipped, duplicate, problem } = field;
  const asJson = draft ? draft.as === 'json' : type !== 'text' || chosenJson;
  const id = `field-${index}`;
  const shownName = name === '' ? words('value.unnamed') : name;
  const readable = visibleText(shownName);
  const notes = [problem === null ? null : `${id}-problem`, duplicate ? `${id}-twin` : null];
  return (
    <div class="field-card" data-field={index} data-name={name}>
      <div class="field-head">
        <label class="field-name" for={writable && !clipped ? id : undefined}>
          <Data text={shownName} /> <span class="field-type">{words(`type.${type}`)}</span>
        </label>
        <span class="grow" />
        {writable && !clipped && type === 'text' ? (
          <IconButton
            icon="braces"
            label={words(asJson ? 'field.asText' : 'field.asJson', readable)}
            pressed={asJson}
            onPress={() => {
              if (draft) control.store.dispatch({ type: 'typed', draft: turned(draft) });
              setJson(!asJson);
            }}
          />
        ) : null}
        {writable ? (
          <IconButton
            icon="trash"
            label={words('field.remove', readable)}
            onPress={() => void removeField(control, index)}
          />
        ) : null}
      </div>
      <div class="field-body">
        {clipped ? <Clipped field={field} /> : null}
        {writable && !clipped ? (
          <Editable
            id={id}
            place={place}
            field={name}
            as={asJson ? 'json' : 'text'}
            start={startOf(field, asJson ? 'json' : 'text')}
            record={record}
            notes={notes.filter((note) => note !== null)}
          />
        ) : (
          <Value field={field} />
        )}
        {problem === null ? null : (
          <p class="field-note" id={`${id}-problem`}>
            <Icon name="warning" /> <Data text={problem} />
          </p>
        )}
        {duplicate ? (
          <p class="field-note" id={`${id}-twin`}>
            <Icon name="warning" /> {words('field.duplicate')}
          </p>
        ) : null}
        {writable && !clipped ? <HiddenCharacters text={field.value} /> : null}
      </div>
    </div>
  );
}

/** A value that can only be read here. */
function Value({ field }: { readonly field: DatasetField }): JSX.Element {
  const { type, clipped } = field;
  const text = type === 'text' || clipped ? field.value : startOf(field, 'json');
  return <ReadText text={text} code={type !== 'text'} field={field.name} label={field.name} />;
}

function Clipped({ field }: { readonly field: DatasetField }): JSX.Element {
  const words = useWords();
  const control = useControl();
  return (
    <p class="field-clipped">
      <span class="muted">{words('field.clipped', field.value.length, field.characters)}</span>
      <Button icon="file" onPress={() => control.open('field', field.index)}>
        {words('open.field')}
      </Button>
    </p>
  );
}
