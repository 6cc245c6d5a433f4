import { pageControl } from '../kit/pageControl.ts';
import type { Control } from './control.ts';
import { readOnlyOf, type EditorState } from './state.ts';
import type { Words } from './words.ts';

/** The control of a page, and parts of its state, for the components on it. */
export const { ControlProvider, useControl, usePart } = pageControl<EditorState, Control>();

/** The view's words; a component that uses them renders again when the language's words arrive. */
export function useWords(): Words {
  return useControl().store.words.value;
}

/** Whether anything can be changed here. */
export function useWritable(): boolean {
  return usePart((state) => readOnlyOf(state) === null);
}

/** The cap to print for a key of one character; none where the settings switch those keys off. */
export function useCap(): (key: string) => string | undefined {
  const singleKeys = usePart(({ doc }) => doc?.singleKeys ?? true);
  return (key) => (singleKeys ? key : undefined);
}
