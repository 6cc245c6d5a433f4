import { placeOf } from '../kit/keys.ts';
import { regionsOf } from '../kit/regions.ts';
import { rowsPerPage } from '../kit/ruler.ts';
import type { Page } from './control.ts';

/** The regions that F6 goes round. */
const REGIONS = ['list', 'form', 'toolbar'];
const TEXTS = 'textarea[data-text]';

/** What the control does to a document. */
export function pageOf(document: Document): Page {
  const regions = regionsOf(document, REGIONS);
  const texts = (): HTMLTextAreaElement[] => [
    ...document.querySelectorAll<HTMLTextAreaElement>(TEXTS),
  ];
  const intoText = (text: HTMLTextAreaElement | undefined): boolean => {
    if (!text) return false;
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
    text.scrollIntoView({ block: 'nearest' });
    return true;
  };
  // The palette takes the focus away before its command comes.
  let lastField: Element | null = null;
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element) || target === document.body) return;
    lastField = target.closest('[data-field]');
  });
  const editing = (): string | null => document.activeElement?.getAttribute('data-text') ?? null;
  return {
    focusList: () => void regions.focus('list'),
    focusSearch: () => document.getElementById('search')?.focus(),
    focusRecord: () => {
      const all = texts();
      // Who types at once means the question: another id would take the row's decisions from it.
      const first = all.find((text) => text.closest('[data-name="id"]') === null) ?? all[0];
      if (!intoText(first)) regions.focus('form');
    },
    focusText: (id) => intoText(texts().find((text) => text.getAttribute('data-text') === id)),
    moveText: (step) => {
      const all = texts();
      const at = all.findIndex((text) => text === document.activeElement);
      intoText(all[at + step]);
    },
    moveRegion: (step) => regions.move(step),
    rowsPerPage: () => rowsPerPage(document.getElementById('rows')?.clientHeight ?? 0),
    keepFocus: () => {
      setTimeout(() => {
        if (document.activeElement === document.body) regions.focus('list');
      }, 0);
    },
    editing,
    adding: () => document.activeElement?.closest('.add-form') !== null,
    inText: () => placeOf([document.activeElement ?? document.body]) === 'text',
    field: () => {
      const card = document.activeElement?.closest('[data-field]') ?? lastField;
      // A card of another record is not on the page any more.
      const index = card?.isConnected === true ? card.getAttribute('data-field') : null;
      return index === null ? null : Number(index);
    },
  };
}
