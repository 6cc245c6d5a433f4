import { FOCUSABLE } from '../kit/focusable.ts';
import { ROW_HEIGHT } from '../kit/ruler.ts';
import type { Page } from './control.ts';

/** The regions that F6 goes round, in the order a review goes. */
const REGIONS = ['list', 'detail', 'actions', 'toolbar', 'header'];
/** What the control does to a document. */
export function pageOf(document: Document): Page {
  const region = (name: string): HTMLElement | null =>
    document.querySelector<HTMLElement>(`[data-region="${name}"]`);
  const focus = (element: HTMLElement | null): boolean => {
    if (!element) return false;
    const target = element.tabIndex >= 0 ? element : element.querySelector<HTMLElement>(FOCUSABLE);
    target?.focus();
    return target !== null;
  };
  return {
    focusList: () => void focus(region('list')),
    focusSearch: () => document.getElementById('search')?.focus(),
    moveRegion: (step) => {
      const now = document.activeElement?.closest('[data-region]')?.getAttribute('data-region');
      const at = REGIONS.indexOf(now ?? '');
      for (let hop = 1; hop <= REGIONS.length; hop += 1) {
        const place = (at + step * hop + 2 * REGIONS.length) % REGIONS.length;
        if (focus(region(REGIONS[place] ?? 'list'))) return;
      }
    },
    rowsPerPage: () => {
      const height = document.getElementById('queue')?.clientHeight ?? 0;
      return Math.max(1, Math.floor(height / ROW_HEIGHT) - 1);
    },
  };
}
