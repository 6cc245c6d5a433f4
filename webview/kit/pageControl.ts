import type { ReadonlySignal } from '@preact/signals';
import { createContext, type Provider } from 'preact';
import { useContext } from 'preact/hooks';
import { useStorePart } from './store.ts';

interface PageControl<C, S> {
  readonly ControlProvider: Provider<C | null>;
  /** The control of the page this component is on. */
  readonly useControl: () => C;
  /** A part of the state; the component renders again only when that part became another value. */
  readonly usePart: <T>(part: (state: S) => T) => T;
}

/** How the components of a page find its control and the state of its store. */
export function pageControl<
  S,
  C extends { readonly store: { readonly state: ReadonlySignal<S> } },
>(): PageControl<C, S> {
  const Context = createContext<C | null>(null);
  const useControl = (): C => {
    const control = useContext(Context);
    if (!control) throw new Error('There is no control around this component.');
    return control;
  };
  return {
    ControlProvider: Context.Provider,
    useControl,
    usePart: (part) => useStorePart(useControl().store, part),
  };
}
