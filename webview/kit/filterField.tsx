import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { TextField } from './field.tsx';

const PAUSE_MS = 160;

interface FilterFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly id?: string;
}

/** A text that the list is filtered by: in force a moment after the last key, and never rewritten under the caret. */
export function FilterField(props: FilterFieldProps): JSX.Element {
  const { label, placeholder, value, onValue, id } = props;
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(value);
  useEffect(() => {
    // Another filter was chosen elsewhere.
    if (value !== told.current) {
      told.current = value;
      setText(value);
    }
  }, [value]);
  const tell = (typed: string): void => {
    clearTimeout(timer.current);
    if (typed.trim() === told.current) return;
    told.current = typed.trim();
    onValue(told.current);
  };
  return (
    <TextField
      {...(id === undefined ? {} : { id })}
      bare
      label={label}
      placeholder={placeholder}
      value={text}
      onValue={(typed) => {
        setText(typed);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => tell(typed), PAUSE_MS);
      }}
      // Whoever goes on to the list means the list that the whole text finds.
      onLeave={() => tell(text)}
    />
  );
}
