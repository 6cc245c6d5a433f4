import type { KeyBinding } from './keys.ts';

/** A line of a key list: the keys as people read them, what they do, and what makes them do it. */
export interface KeyRow<A extends string, T extends string> {
  readonly caps: readonly string[];
  readonly text: T;
  readonly bindings: readonly KeyBinding<A>[];
}

export interface KeyGroup<A extends string, T extends string> {
  readonly title: T;
  readonly rows: readonly KeyRow<A, T>[];
}

/** Keys for an action: pressed once, held down as well, or while a text is edited, too. */
export function keysFor<A extends string>() {
  const bind =
    (options: Omit<KeyBinding<A>, 'chord' | 'action'>) =>
    (action: A, ...chords: readonly string[]): KeyBinding<A>[] =>
      chords.map((chord) => ({ chord, action, ...options }));
  return { on: bind({}), held: bind({ repeats: true }), everywhere: bind({ inText: true }) };
}

/** All bindings of a key list. */
export function bindingsOf<A extends string, T extends string>(
  groups: readonly KeyGroup<A, T>[],
): readonly KeyBinding<A>[] {
  return groups.flatMap(({ rows }) => rows.flatMap(({ bindings }) => bindings));
}
