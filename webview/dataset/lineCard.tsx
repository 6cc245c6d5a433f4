import type { JSX } from 'preact';
import type { DatasetRecord } from '../../src/shared/datasetContract.ts';
import { Button } from '../kit/button.tsx';
import { useControl, useWords, useWritable } from './app.tsx';
import { linePlace } from './drafts.ts';
import { Editable } from './editable.tsx';
import { HiddenCharacters } from './hiddenCharacters.tsx';
import { ReadText } from './readText.tsx';

/** The line as it stands in the file, to edit where it is whole and text. */
export function LineCard({ record }: { readonly record: DatasetRecord }): JSX.Element {
  const writable = useWritable();
  const words = useWords();
  const control = useControl();
  const { raw, rawEditable, rawClipped } = record;
  if (writable && rawEditable) {
    return (
      <div class="line-card">
        <Editable
          id="line"
          place={linePlace(record.key)}
          field={null}
          as="line"
          start={raw}
          record={record}
          notes={[]}
          label={words('raw.label')}
        />
        <HiddenCharacters text={raw} />
      </div>
    );
  }
  return (
    <div class="line-card">
      <ReadText text={raw} code field={null} label={words('raw.label')} />
      {rawClipped || !rawEditable ? (
        <p class="field-clipped">
          <span class="muted">{words(rawClipped ? 'raw.clipped' : 'raw.notText')}</span>
          <Button icon="file" onPress={() => control.open('text')}>
            {words('open.text')}
          </Button>
        </p>
      ) : null}
    </div>
  );
}
