import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Data } from './data.tsx';
import { visibleText } from './visible.ts';

/** What a page said last; the serial tells the same words said again from the words before. */
export interface Sentence {
  readonly text: string;
  readonly serial: number;
}

/** Long enough to look up from the text and read a sentence. */
const SEEN_MS = 6000;

/** What was said last, for those who look; it goes by itself. */
export function Said({ said }: { readonly said: Sentence }): JSX.Element | null {
  const [gone, setGone] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setGone(said.serial), SEEN_MS);
    return () => clearTimeout(timer);
  }, [said.serial]);
  if (said.text === '' || gone === said.serial) return null;
  return (
    <span class="said" aria-hidden="true" title={visibleText(said.text)} key={said.serial}>
      <Data text={said.text} />
    </span>
  );
}
