import type { JSX } from 'preact';
import { pageControl } from '../kit/pageControl.ts';
import type { Control } from './control.ts';
import type { ReviewState } from './state.ts';
import type { Texts } from './texts.ts';

/** The control of a page, and parts of its state, for the components on it. */
export const { ControlProvider, useControl, usePart } = pageControl<ReviewState, Control>();

/** The view's texts; a component that uses them renders again when the language's texts arrive. */
export function useTexts(): Texts {
  return useControl().store.texts.value;
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
