import { createElement, type ComponentChildren, type JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface CheckElement extends HTMLElement {
  checked: boolean;
}

interface CheckboxProps {
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
  readonly children: ComponentChildren;
  readonly disabled?: boolean;
  readonly title?: string | undefined;
  readonly keyCap?: string | undefined;
}

/** A checkbox that reports only what a person did: the toolkit's also says `change` when the page sets it. */
export function Checkbox(props: CheckboxProps): JSX.Element {
  const { checked, onChecked, children, disabled = false, title, keyCap } = props;
  const ref = useRef<CheckElement>(null);
  useLayoutEffect(() => {
    const { current } = ref;
    if (current && current.checked !== checked) current.checked = checked;
  });
  return createElement(
    'vscode-checkbox',
    {
      ref,
      class: 'checkbox',
      disabled,
      title,
      onChange: () => {
        const now = ref.current?.checked ?? checked;
        if (now !== checked) onChecked(now);
      },
    },
    children,
    keyCap === undefined ? null : createElement('kbd', { 'aria-hidden': 'true' }, keyCap),
  );
}

interface Option {
  readonly value: string;
  readonly label: string;
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onValue: (value: string) => void;
  readonly disabled?: boolean;
  readonly class?: string;
}

/** One of several, in a drop-down: the browser's own, whose list is never cut off by a narrow view. */
export function Select(props: ChoiceProps): JSX.Element {
  const { label, value, options, onValue, disabled = false, class: className = '' } = props;
  return (
    <select
      class={`select ${className}`}
      aria-label={label}
      title={label}
      disabled={disabled}
      value={value}
      onChange={(event) => onValue(event.currentTarget.value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value} selected={option.value === value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

/** One of a few, all of them in sight, as buttons of which one is down. */
export function Radio(props: ChoiceProps): JSX.Element {
  const { label, value, options, onValue, disabled = false, class: className = '' } = props;
  return (
    <span class={`radio ${className}`} role="group" aria-label={label}>
      {options.map((option) => (
        <button
          type="button"
          class="radio-choice"
          key={option.value}
          disabled={disabled}
          aria-pressed={option.value === value}
          onClick={() => onValue(option.value)}
        >
          {option.label}
        </button>
      ))}
    </span>
  );
}
