import { createContext, type JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { useStorePart } from '../kit/store.ts';
import type { Control } from './control.ts';
import type { ReviewState } from './state.ts';
import type { Texts } from './texts.ts';

const ControlContext = createContext<Control | null>(null);
export const ControlProvider = ControlContext.Provider;

/** The control of the page this component is on. */
export function useControl(): Control {
  const control = useContext(ControlContext);
  if (!control) throw new Error('There is no control around this component.');
  return control;
}

/** The view's texts; a component that uses them renders again when the language's texts arrive. */
export function useTexts(): Texts {
  return useControl().store.texts.value;
}

/** A part of the state; the component renders again only when that part became another value. */
export function usePart<T>(part: (state: ReviewState) => T): T {
  return useStorePart(useControl().store, part);
}

/** The cap to print for a key of one letter; none where the settings switch those keys off. */
export function useCap(): (key: string) => string | undefined {
  const singleKeys = usePart((state) => state.snapshot?.singleKeys ?? true);
  return (key) => (singleKeys ? key : undefined);
}

/** Words between two parts of a line. */
export function Dot(): JSX.Element {
  return (
    <span class="dot" aria-hidden="true">
      ·
    </span>
  );
}
