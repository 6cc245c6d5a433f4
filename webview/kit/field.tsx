import { createElement, type JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface ValueElement extends HTMLElement {
  value: string;
}

interface TextProps {
  /** Always said; drawn above the field unless `bare`. */
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** The focus has gone elsewhere. */
  readonly onLeave?: () => void;
  readonly bare?: boolean;
  readonly placeholder?: string;
  readonly autofocus?: boolean;
  readonly id?: string;
  readonly rows?: number;
  readonly disabled?: boolean;
}

/**
 * The value goes to the control only where it differs from what stands there, so that typing keeps its caret and the
 * text's own undo.
 */
function useValue(value: string, autofocus: boolean) {
  const ref = useRef<ValueElement>(null);
  useLayoutEffect(() => {
    const { current } = ref;
    if (current && current.value !== value) current.value = value;
  }, [value]);
  useLayoutEffect(() => {
    const { current } = ref;
    if (!autofocus || !current) return;
    // The control takes focus only once its inner field stands.
    const frame = requestAnimationFrame(() => current.focus());
    return () => cancelAnimationFrame(frame);
  }, [autofocus]);
  return ref;
}

function valueOf(event: Event): string {
  const { target } = event;
  // SAFETY: the event comes from the control this handler is on, whose `value` is a string.
  return (target as ValueElement).value;
}

function text(tag: string, props: TextProps, extra: Record<string, unknown>): JSX.Element {
  const ref = useValue(props.value, props.autofocus ?? false);
  return createElement(
    tag,
    {
      ref,
      id: props.id,
      class: `field ${tag === 'vscode-text-area' ? 'field-area' : ''}`,
      placeholder: props.placeholder,
      disabled: props.disabled ?? false,
      'aria-label': props.label,
      onInput: (event: Event) => props.onValue(valueOf(event)),
      onFocusOut: props.onLeave,
      ...extra,
    },
    props.bare ? null : props.label,
  );
}

/** One line of text. */
export function TextField(props: TextProps): JSX.Element {
  return text('vscode-text-field', props, {});
}

/** Several lines of text; it grows with what is typed. */
export function TextArea(props: TextProps): JSX.Element {
  const lines = props.value.split('\n').length;
  return text('vscode-text-area', props, {
    rows: Math.max(props.rows ?? 3, Math.min(lines + 1, 16)),
    resize: 'vertical',
  });
}
