import type { JSX } from 'preact';
import {
  itemFlagSchema,
  NO_FILTER,
  type Filter,
  type ItemStatus,
} from '../../src/shared/reviewQueue.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { FilterField } from '../kit/filterField.tsx';
import { Icon } from '../kit/icon.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { FilterPanel } from './filterPanel.tsx';
import { SortChoice } from './sortChoice.tsx';
import { filterSize } from './state.ts';

/** Doubt in one click: everything that carries any flag. */
const ALL_FLAGS: Filter['flags'] = [...itemFlagSchema.options];

const DISAGREED: Filter = { ...NO_FILTER, scope: 'all', flags: ['disagreed'] };

const sameFilter = (a: Filter, b: Filter): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What of the queue is listed: search, quick choices, saved filters, the filter panel, the order. */
export function Toolbar(): JSX.Element {
  const filter = usePart((state) => state.filter);
  const open = usePart(
    ({ overlay }) => overlay.kind === 'filter' || overlay.kind === 'save-filter',
  );
  const t = useTexts();
  const control = useControl();
  const size = filterSize(filter);
  return (
    <section class="toolbar" data-region="toolbar" aria-label={t('toolbar')}>
      <Search />
      <div class="chips">
        <ListChip />
        <QuickChips />
        <DisagreedChip />
        <SavedChips />
        <button
          type="button"
          class="chip"
          aria-expanded={open}
          aria-controls="filter-panel"
          onClick={() => control.act('filter')}
        >
          <Icon name="filter" />
          <span>{size === 0 ? t('filter') : t('filter.some', { n: size })}</span>
        </button>
        <span class="grow" />
        <SortChoice class="sort" />
      </div>
      {open ? <FilterPanel /> : null}
    </section>
  );
}

function Search(): JSX.Element {
  const search = usePart((state) => state.filter.search);
  const t = useTexts();
  const control = useControl();
  const found = usePart(({ list, filter }) =>
    filter.search === '' || list.loading ? '' : t.count('found', list.total),
  );
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <FilterField
        id="search"
        label={t('search')}
        placeholder={t('search.hint')}
        value={search}
        onValue={(text) => void control.list({ ...control.state.filter, search: text })}
      />
      <span class="search-found">{found}</span>
    </div>
  );
}

/** What a list that was opened from elsewhere is about; without it everything is listed again. */
function ListChip(): JSX.Element | null {
  const only = usePart((state) => state.filter.only);
  const t = useTexts();
  const control = useControl();
  if (!only) return null;
  return (
    <button
      type="button"
      class="chip chip-list"
      aria-pressed
      title={t('only.clear')}
      onClick={() => void control.list(NO_FILTER)}
    >
      <span class="chip-words">
        <Data text={only.label} />
      </span>
      <Icon name="cross" label={t('only.clear')} />
    </button>
  );
}

function QuickChips(): JSX.Element {
  const filter = usePart((state) => state.filter);
  const counts = usePart((state) => state.snapshot?.counts);
  const t = useTexts();
  const control = useControl();
  const todo: readonly ItemStatus[] = ['todo'];
  const onlyTodo = filter.status.length === 1 && filter.status[0] === 'todo';
  const flagged = filter.flags.length === ALL_FLAGS.length;
  return (
    <>
      <button
        type="button"
        class="chip"
        aria-pressed={onlyTodo}
        onClick={() => void control.list({ ...filter, status: onlyTodo ? [] : [...todo] })}
      >
        <Icon name="todo" />
        <span>{t('chip.todo', { n: counts?.todo ?? 0 })}</span>
      </button>
      <button
        type="button"
        class="chip"
        aria-pressed={flagged}
        onClick={() =>
          void control.list({ ...filter, flags: flagged ? [] : ALL_FLAGS, unflagged: false })
        }
      >
        <Icon name="flag" />
        <span>{t('chip.flagged', { n: counts?.flagged ?? 0 })}</span>
      </button>
    </>
  );
}

/** All questions on which people disagree, mistakes or not; there only while there are any. */
function DisagreedChip(): JSX.Element | null {
  const filter = usePart((state) => state.filter);
  const n = usePart((state) => state.snapshot?.disagreed ?? 0);
  const t = useTexts();
  const control = useControl();
  const on = sameFilter(filter, DISAGREED);
  if (n === 0 && !on) return null;
  return (
    <button
      type="button"
      class="chip"
      aria-pressed={on}
      onClick={() => void control.list(on ? NO_FILTER : DISAGREED)}
    >
      <Icon name="warning" />
      <span>{t('chip.disagreed', { n })}</span>
    </button>
  );
}

function SavedChips(): JSX.Element | null {
  const saved = usePart((state) => state.snapshot?.savedFilters);
  const filter = usePart((state) => state.filter);
  const t = useTexts();
  const control = useControl();
  if (!saved || saved.length === 0) return null;
  return (
    <>
      {saved.map((one) => {
        const on = sameFilter(one.filter, filter);
        return (
          <span class="chip-pair" key={one.name}>
            <button
              type="button"
              class="chip"
              aria-pressed={on}
              onClick={() => void control.list(on ? NO_FILTER : one.filter)}
            >
              <Icon name="bookmark" />
              <span>
                <Data text={one.name} />
              </span>
            </button>
            {on ? (
              <Button
                kind="icon"
                icon="cross"
                label={t('filter.forget', { name: one.name })}
                onPress={() =>
                  void control.quietly(() =>
                    control.client.request('saveFilter', { name: one.name, filter: null }),
                  )
                }
              />
            ) : null}
          </span>
        );
      })}
    </>
  );
}
