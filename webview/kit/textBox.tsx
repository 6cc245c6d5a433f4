import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface TextBoxProps {
  readonly id: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** The focus has gone elsewhere. */
  readonly onLeave: () => void;
  /** Ids of the elements that say more about it. */
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  /** For code: every character as wide as the others, and no spelling. */
  readonly code: boolean;
  /** What it is about; found again by `data-text`. */
  readonly about: string;
  readonly label?: string;
}

/**
 * A text of any length that is as high as what stands in it: the browser's own, which other elements can describe, and of
 * which a page can have hundreds. The value goes to it only where it differs, so that typing keeps its caret and its undo.
 */
export function TextBox(props: TextBoxProps): JSX.Element {
  const { id, value, onValue, onLeave, describedBy, invalid, code, about, label } = props;
  const ref = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const { current } = ref;
    if (current && current.value !== value) current.value = value;
  }, [value]);
  return (
    <textarea
      ref={ref}
      id={id}
      class={code ? 'text-box text-box-code' : 'text-box'}
      rows={1}
      spellcheck={!code}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={invalid}
      data-text={about}
      onInput={(event) => onValue(event.currentTarget.value)}
      onBlur={onLeave}
    />
  );
}
