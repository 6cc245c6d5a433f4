import { effect } from '@preact/signals';
import { placeOf } from '../kit/keys.ts';
import type { ReviewClient } from './link.ts';
import type { Store } from './store.ts';

type Where = 'list' | 'detail' | 'editor' | 'none';
const SOON_MS = 60;

/** Tells the host where the focus is and which item is under the cursor, for its context keys and commands. */
export function followFocus(client: ReviewClient, store: Store): void {
  let told = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const where = whereNow();
      const { selected, link } = store.state.peek();
      const news = `${where} ${selected ?? ''}`;
      if (link !== 'ready' || news === told) return;
      told = news;
      client.request('focus', { where, selected }).catch(() => {
        told = '';
      });
    }, SOON_MS);
  };
  for (const event of ['focusin', 'focusout']) document.addEventListener(event, tell);
  for (const event of ['focus', 'blur']) window.addEventListener(event, tell);
  effect(() => {
    const { selected, link } = store.state.value;
    if (link === 'ready' || selected !== null) tell();
  });
}

function whereNow(): Where {
  const { activeElement } = document;
  if (!document.hasFocus() || !activeElement) return 'none';
  if (placeOf([activeElement]) === 'text') return 'editor';
  return activeElement.closest('[data-region="list"]') || activeElement === document.body
    ? 'list'
    : 'detail';
}
