import { computed, signal, useComputed, type ReadonlySignal } from '@preact/signals';

/** A view's state and the one way to change it. */
export interface Store<S, E> {
  readonly state: ReadonlySignal<S>;
  dispatch(event: E): void;
  /** A part of the state that renders again only when it became another value. */
  pick<T>(part: (state: S) => T): ReadonlySignal<T>;
}

/** A store over a pure reducer. */
export function storeOf<S, E>(reduce: (state: S, event: E) => S, initial: S): Store<S, E> {
  const state = signal(initial);
  return {
    state,
    dispatch: (event) => {
      state.value = reduce(state.peek(), event);
    },
    pick: (part) => computed(() => part(state.value)),
  };
}

/** A part of a store's state; the component renders again only when that part became another value. */
export function useStorePart<S, T>(
  store: Pick<Store<S, never>, 'state'>,
  part: (state: S) => T,
): T {
  return useComputed(() => part(store.state.value)).value;
}
