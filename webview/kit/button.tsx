import { createElement, type ComponentChildren, type JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { capOf } from './platform.ts';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps {
  readonly onPress: () => void;
  readonly children?: ComponentChildren;
  readonly kind?: 'primary' | 'secondary' | 'icon';
  readonly icon?: IconName;
  /** The key that does the same, shown as a cap. */
  readonly keyCap?: string | undefined;
  /** Said instead of the content; an icon button must have one. */
  readonly label?: string;
  readonly title?: string | undefined;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly class?: string;
  readonly autofocus?: boolean;
}

/** A button; a disabled one keeps its place and says why in its title. */
export function Button({
  onPress,
  children,
  kind = 'secondary',
  icon,
  keyCap,
  label,
  title,
  disabled = false,
  pressed,
  expanded,
  class: className,
  autofocus = false,
}: ButtonProps): JSX.Element {
  const ref = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (autofocus) ref.current?.focus();
  }, [autofocus]);
  return createElement(
    'vscode-button',
    {
      ref,
      appearance: kind,
      class: ['button', `button-${kind}`, className].filter(Boolean).join(' '),
      disabled,
      title: title ?? (kind === 'icon' ? label : undefined),
      'aria-label': label,
      'aria-pressed': pressed === undefined ? undefined : String(pressed),
      'aria-expanded': expanded === undefined ? undefined : String(expanded),
      'aria-keyshortcuts': keyCap === undefined ? undefined : keyCap,
      onClick: () => {
        if (!disabled) onPress();
      },
    },
    icon === undefined ? null : createElement(Icon, { name: icon }),
    // Not a span: the toolkit takes those for icons and makes them 16 pixels wide.
    children === undefined ? null : createElement('div', { class: 'button-text' }, children),
    keyCap === undefined ? null : createElement('kbd', { 'aria-hidden': 'true' }, capOf(keyCap)),
  );
}
