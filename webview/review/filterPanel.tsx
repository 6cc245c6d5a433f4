import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import {
  filterSchema,
  itemFlagSchema,
  itemStatusSchema,
  NO_FILTER,
  pairStatusSchema,
  type Filter,
} from '../../src/shared/reviewQueue.ts';
import type { ReviewTextKey } from '../../src/shared/reviewStrings.ts';
import { Button } from '../kit/button.tsx';
import { Checkbox, Select } from '../kit/choice.tsx';
import { TextField } from '../kit/field.tsx';
import { FilterField } from '../kit/filterField.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { SortChoice } from './sortChoice.tsx';
import { filterSize } from './state.ts';

const SOURCES = ['annotate', 'feedback', 'human'] as const;
const SCOPES = ['mistakes', 'taught', 'all'] as const;

/** Every choice a filter can make; each takes effect at once. */
export function FilterPanel(): JSX.Element {
  const filter = usePart((state) => state.filter);
  const saving = usePart(({ overlay }) => (overlay.kind === 'save-filter' ? overlay : null));
  const t = useTexts();
  const control = useControl();
  const apply = (change: Partial<Filter>): void =>
    void control.list({ ...control.state.filter, ...change });
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    for (const select of panel.current?.querySelectorAll('select') ?? []) {
      // In a wide view the first one is not there.
      if (select.offsetParent === null) continue;
      select.focus();
      return;
    }
  }, []);
  return (
    <div class="filter-panel" id="filter-panel" ref={panel} role="group" aria-label={t('filter')}>
      <div class="filter-fields">
        <SortChoice class="filter-sort" />
        <Select
          label={t('filter.scope')}
          value={filter.scope}
          options={SCOPES.map((value) => ({ value, label: t(`scope.${value}`) }))}
          onValue={(value) => {
            const scope = SCOPES.find((one) => one === value);
            if (scope) apply({ scope });
          }}
        />
        <Select
          label={t('filter.by')}
          value={filter.by ?? 'any'}
          options={(['any', 'person', 'rule'] as const).map((value) => ({
            value,
            label: t(`by.${value}`),
          }))}
          onValue={(value) => {
            const by = filterSchema.shape.by.safeParse(value === 'any' ? null : value);
            if (by.success) apply({ by: by.data });
          }}
        />
        <Select
          label={t('filter.misses')}
          value={String(filter.misses)}
          options={[0, 2, 3, 4].map((n) => ({
            value: String(n),
            label: n === 0 ? t('misses.any') : t('misses.least', { n }),
          }))}
          onValue={(value) => apply({ misses: Number(value) })}
        />
        <FilterField
          label={t('filter.answer')}
          placeholder={t('filter.answer')}
          value={filter.answer}
          onValue={(answer) => apply({ answer })}
        />
      </div>
      <Many
        title="filter.status"
        all={itemStatusSchema.options}
        chosen={filter.status}
        text={(one) => `status.${one}`}
        onChosen={(status) => apply({ status })}
      />
      <Many
        title="filter.flags"
        all={itemFlagSchema.options}
        chosen={filter.flags}
        text={(one) => `flag.${one}`}
        onChosen={(flags) => apply({ flags, unflagged: false })}
      >
        <Checkbox
          checked={filter.unflagged}
          onChecked={(unflagged) => apply({ unflagged, flags: [] })}
        >
          {t('filter.unflagged')}
        </Checkbox>
      </Many>
      <Many
        title="filter.pair"
        all={pairStatusSchema.options}
        chosen={filter.pair}
        text={(one) => `pair.${one}`}
        onChosen={(pair) => apply({ pair })}
      />
      <Many
        title="filter.source"
        all={SOURCES}
        chosen={filter.sources}
        text={(one) => `source.${one}`}
        onChosen={(sources) => apply({ sources })}
      />
      {saving ? <SaveFilter name={saving.name} /> : null}
      <div class="filter-actions">
        <Button
          disabled={filterSize(filter) === 0 && filter.search === ''}
          onPress={() => void control.list(NO_FILTER)}
        >
          {t('filter.clear')}
        </Button>
        {saving ? null : (
          <Button
            icon="bookmark"
            onPress={() =>
              control.store.dispatch({
                type: 'overlay',
                overlay: { kind: 'save-filter', name: '' },
              })
            }
          >
            {t('filter.save')}
          </Button>
        )}
        <span class="grow" />
        <Button onPress={() => control.act('escape')} keyCap="Esc">
          {t('close')}
        </Button>
      </div>
    </div>
  );
}

interface ManyProps<T extends string> {
  readonly title: ReviewTextKey;
  readonly all: readonly T[];
  readonly chosen: readonly T[];
  readonly text: (one: T) => ReviewTextKey;
  readonly onChosen: (chosen: T[]) => void;
  readonly children?: JSX.Element;
}

function Many<T extends string>(props: ManyProps<T>): JSX.Element {
  const { title, all, chosen, text, onChosen, children } = props;
  const t = useTexts();
  return (
    <fieldset class="filter-group">
      <legend>{t(title)}</legend>
      {all.map((one) => (
        <Checkbox
          key={one}
          checked={chosen.includes(one)}
          onChecked={(on) =>
            onChosen(on ? [...chosen, one] : chosen.filter((other) => other !== one))
          }
        >
          {t(text(one))}
        </Checkbox>
      ))}
      {children}
    </fieldset>
  );
}

function SaveFilter({ name }: { readonly name: string }): JSX.Element {
  const t = useTexts();
  const control = useControl();
  const { store, client } = control;
  const save = (): void => {
    if (name.trim() === '') return;
    const { filter } = control.state;
    store.dispatch({ type: 'overlay', overlay: { kind: 'filter' } });
    control.page.focusList();
    void control.quietly(() => client.request('saveFilter', { name: name.trim(), filter }));
  };
  return (
    <form
      class="filter-save"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextField
        autofocus
        label={t('filter.name')}
        value={name}
        onValue={(value) =>
          store.dispatch({ type: 'overlay', overlay: { kind: 'save-filter', name: value } })
        }
      />
      <Button kind="primary" disabled={name.trim() === ''} onPress={save}>
        {t('save')}
      </Button>
    </form>
  );
}
