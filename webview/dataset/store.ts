import { computed, type ReadonlySignal } from '@preact/signals';
import { storeOf, type Store } from '../kit/store.ts';
import type { EditorEvent } from './events.ts';
import { reduce } from './reduce.ts';
import { INITIAL, type EditorState } from './state.ts';
import { wordsOf, type Words } from './words.ts';

/** The view's state, its words, and the one way to change them. */
export interface EditorStore extends Store<EditorState, EditorEvent> {
  readonly words: ReadonlySignal<Words>;
}

/** The store of a page; `language` is a BCP 47 tag. */
export function createStore(language: string, initial: EditorState = INITIAL): EditorStore {
  const store = storeOf(reduce, initial);
  const strings = computed(() => store.state.value.strings);
  return { ...store, words: computed(() => wordsOf(strings.value, language)) };
}
