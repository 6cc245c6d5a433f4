import type { JSX } from 'preact';
import type { DatasetRecord } from '../../src/shared/datasetContract.ts';
import { Button } from '../kit/button.tsx';
import { Icon } from '../kit/icon.tsx';
import { visibleText } from '../kit/visible.ts';
import { useControl, usePart, useWords } from './app.tsx';
import { fieldAt, type Draft } from './drafts.ts';
import { ReadText } from './readText.tsx';

/** What was typed for fields of this record that somebody took away meanwhile: it is shown, not lost. */
export function Orphans({ record }: { readonly record: DatasetRecord }): JSX.Element {
  const drafts = usePart((state) => state.drafts);
  const orphans = Object.entries(drafts).filter(
    ([, draft]) =>
      draft.key === record.key && draft.name !== null && fieldAt(record, draft) === null,
  );
  return (
    <>
      {orphans.map(([id, draft]) => (
        <Orphan key={id} id={id} draft={draft} />
      ))}
    </>
  );
}

function Orphan({ id, draft }: { readonly id: string; readonly draft: Draft }): JSX.Element {
  const words = useWords();
  const { store, page } = useControl();
  const { key, name, text, as } = draft;
  const title = words('draft.orphan', visibleText(name ?? ''));
  const drop = (): void => {
    store.dispatch({ type: 'drop', id });
    page.keepFocus();
  };
  return (
    <div class="banner banner-warning">
      <Icon name="warning" />
      <span class="banner-words">{title}</span>
      <span class="banner-buttons">
        <Button
          onPress={() => {
            const form = {
              key,
              name: name ?? '',
              as: as === 'json' ? as : 'text',
              value: text,
            } as const;
            store.dispatch({ type: 'add', form });
            drop();
          }}
        >
          {words('draft.asField')}
        </Button>
        <Button onPress={drop}>{words('draft.drop')}</Button>
      </span>
      <div class="draft-other">
        <ReadText text={text} code={as === 'json'} field={null} label={title} />
      </div>
    </div>
  );
}
