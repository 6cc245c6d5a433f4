import { computed, type ReadonlySignal } from '@preact/signals';
import { storeOf, type Store as StateStore } from '../kit/store.ts';
import type { ReviewEvent } from './events.ts';
import { reduce } from './reduce.ts';
import { INITIAL, type ReviewState } from './state.ts';
import { textsOf, type Texts } from './texts.ts';

/** The view's state, its texts, and the one way to change them. */
export interface Store extends StateStore<ReviewState, ReviewEvent> {
  readonly texts: ReadonlySignal<Texts>;
}

export function createStore(language: string, initial: ReviewState = INITIAL): Store {
  const store = storeOf(reduce, initial);
  const strings = computed(() => store.state.value.texts);
  return { ...store, texts: computed(() => textsOf(strings.value, language)) };
}
