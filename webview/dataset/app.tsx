import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { useStorePart } from '../kit/store.ts';
import type { Control } from './control.ts';
import { readOnlyOf, type EditorState } from './state.ts';
import type { Words } from './words.ts';

const ControlContext = createContext<Control | null>(null);
export const ControlProvider = ControlContext.Provider;

/** The control of the page this component is on. */
export function useControl(): Control {
  const control = useContext(ControlContext);
  if (!control) throw new Error('There is no control around this component.');
  return control;
}

/** The view's words; a component that uses them renders again when the language's words arrive. */
export function useWords(): Words {
  return useControl().store.words.value;
}

/** A part of the state; the component renders again only when that part became another value. */
export function usePart<T>(part: (state: EditorState) => T): T {
  return useStorePart(useControl().store, part);
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
