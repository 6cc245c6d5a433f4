import { regionsOf } from '../kit/regions.ts';
import { rowsPerPage } from '../kit/ruler.ts';
import type { Page } from './control.ts';

/** The regions that F6 goes round, in the order a review goes. */
const REGIONS = ['list', 'detail', 'actions', 'toolbar', 'header'];

/** What the control does to a document. */
export function pageOf(document: Document): Page {
  const regions = regionsOf(document, REGIONS);
  return {
    focusList: () => void regions.focus('list'),
    focusSearch: () => document.getElementById('search')?.focus(),
    moveRegion: (step) => regions.move(step),
    rowsPerPage: () => rowsPerPage(document.getElementById('queue')?.clientHeight ?? 0),
  };
}
