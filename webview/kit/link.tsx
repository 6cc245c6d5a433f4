import type { ComponentChildren, JSX } from 'preact';
import { capOf } from './platform.ts';

interface LinkProps {
  readonly onPress: () => void;
  readonly children: ComponentChildren;
  /** The key that does the same, shown as a cap. */
  readonly keyCap?: string | undefined;
  readonly strong?: boolean;
  readonly title?: string | undefined;
}

/** A button that is only words. */
export function Link({ onPress, children, keyCap, strong = false, title }: LinkProps): JSX.Element {
  return (
    <button
      type="button"
      class={strong ? 'link link-strong' : 'link'}
      title={title}
      aria-keyshortcuts={keyCap}
      onClick={onPress}
    >
      {children}
      {keyCap === undefined ? null : <kbd aria-hidden="true">{capOf(keyCap)}</kbd>}
    </button>
  );
}
