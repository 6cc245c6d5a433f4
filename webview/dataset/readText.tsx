import type { JSX } from 'preact';
import { visibleText } from '../kit/visible.ts';
import { Found, useSought } from './found.tsx';

/** A longer text scrolls in its place. */
const LONG = 2000;

interface ReadTextProps {
  readonly text: string;
  readonly code: boolean;
  /** The field that it is of; null for a text of the whole row. */
  readonly field: string | null;
  /** What a long one is called by those who reach it by keys. */
  readonly label: string;
}

/** A text that can only be read here; a long one is scrolled by keys as well. */
export function ReadText({ text, code, field, label }: ReadTextProps): JSX.Element {
  const words = useSought(field);
  const long = text.length > LONG;
  const classes = ['value', 'text', code ? 'value-code' : '', long ? 'value-long' : ''];
  return (
    <div
      class={classes.filter(Boolean).join(' ')}
      {...(long ? { tabIndex: 0, role: 'group', 'aria-label': visibleText(label) } : {})}
    >
      <Found text={text} words={words} />
    </div>
  );
}
