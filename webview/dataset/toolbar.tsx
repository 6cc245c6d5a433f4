import type { JSX } from 'preact';
import { NO_DATASET_FILTER, type DatasetFilter } from '../../src/shared/datasetContract.ts';
import { Button } from '../kit/button.tsx';
import { Select } from '../kit/choice.tsx';
import { FilterField } from '../kit/filterField.tsx';
import { Icon } from '../kit/icon.tsx';
import { visibleText } from '../kit/visible.ts';
import { useControl, usePart, useWords } from './app.tsx';
import { isFiltered } from './state.ts';

const ONLY: readonly DatasetFilter['only'][] = [
  'all',
  'problems',
  'edited',
  'same-id',
  'missing-field',
];

/** What of the file is listed. */
export function Toolbar(): JSX.Element {
  const filter = usePart(({ doc }) => doc?.filter) ?? NO_DATASET_FILTER;
  const filtered = usePart(isFiltered);
  const words = useWords();
  const control = useControl();
  return (
    <section class="toolbar" data-region="toolbar" aria-label={words('toolbar')}>
      <div class="search" role="search">
        <Icon name="search" />
        <FilterField
          id="search"
          label={words('search')}
          placeholder={words('search.hint')}
          value={filter.search}
          onValue={(search) => void control.filter({ ...filter, search })}
        />
      </div>
      <div class="choices">
        <FieldChoice filter={filter} />
        <OnlyChoice filter={filter} />
        {filtered ? (
          <Button
            kind="icon"
            icon="cross"
            label={words('search.clear')}
            onPress={() => void control.filter(NO_DATASET_FILTER)}
          />
        ) : null}
        <Button
          kind="icon"
          icon="keyboard"
          label={words('keys.title')}
          onPress={() => control.act('keys')}
        />
      </div>
    </section>
  );
}

function FieldChoice({ filter }: { readonly filter: DatasetFilter }): JSX.Element {
  const fields = usePart(({ doc }) => doc?.fields) ?? [];
  const words = useWords();
  const control = useControl();
  const names = fields.map(({ name }) => name);
  // One that was chosen stays to be seen, also where the file has it no more.
  if (filter.field !== null && !names.includes(filter.field)) names.push(filter.field);
  return (
    <Select
      label={words('field')}
      // An empty name is a name: fields are told from "anywhere" by their first letter.
      value={filter.field === null ? '' : `=${filter.field}`}
      options={[
        ...(filter.only === 'missing-field' ? [] : [{ value: '', label: words('field.any') }]),
        ...names.map((name) => ({
          value: `=${name}`,
          label: name === '' ? words('value.unnamed') : visibleText(name),
        })),
      ]}
      onValue={(value) =>
        void control.filter({ ...filter, field: value === '' ? null : value.slice(1) })
      }
    />
  );
}

function OnlyChoice({ filter }: { readonly filter: DatasetFilter }): JSX.Element {
  const fields = usePart(({ doc }) => doc?.fields) ?? [];
  const words = useWords();
  const control = useControl();
  const missing = filter.field ?? fields[0]?.name ?? null;
  const label = (only: DatasetFilter['only']): string =>
    only === 'missing-field'
      ? words('only.missing-field', visibleText(missing ?? ''))
      : words(`only.${only}`);
  return (
    <Select
      label={words('only')}
      value={filter.only}
      options={ONLY.filter((only) => only !== 'missing-field' || missing !== null).map((only) => ({
        value: only,
        label: label(only),
      }))}
      onValue={(value) => {
        const only = ONLY.find((one) => one === value) ?? 'all';
        void control.filter({
          ...filter,
          only,
          field: only === 'missing-field' ? missing : filter.field,
        });
      }}
    />
  );
}
