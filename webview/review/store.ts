import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { ReviewEvent } from './events.ts';
import { reduce } from './reduce.ts';
import { INITIAL, type ReviewState } from './state.ts';
import { textsOf, type Texts } from './texts.ts';

/** The view's state and the one way to change it. */
export interface Store {
  readonly state: ReadonlySignal<ReviewState>;
  readonly texts: ReadonlySignal<Texts>;
  dispatch(event: ReviewEvent): void;
  /** A part of the state that renders again only when it became another value. */
  pick<T>(part: (state: ReviewState) => T): ReadonlySignal<T>;
}

export function createStore(language: string, initial: ReviewState = INITIAL): Store {
  const state = signal(initial);
  const strings = computed(() => state.value.texts);
  return {
    state,
    texts: computed(() => textsOf(strings.value, language)),
    dispatch: (event) => {
      state.value = reduce(state.peek(), event);
    },
    pick: (part) => computed(() => part(state.value)),
  };
}
