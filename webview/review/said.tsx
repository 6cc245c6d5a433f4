import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Data } from '../kit/data.tsx';
import { visibleText } from '../kit/visible.ts';
import { usePart } from './app.tsx';

/** Long enough to look up from the text and read a sentence. */
const SEEN_MS = 6000;

/** What was said last, for those who look, beside the button that takes it back; it goes by itself. */
export function Said(): JSX.Element | null {
  const said = usePart((state) => state.said);
  const [gone, setGone] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setGone(said.serial), SEEN_MS);
    return () => clearTimeout(timer);
  }, [said.serial]);
  if (said.text === '' || gone === said.serial) return null;
  return (
    <span class="header-said" aria-hidden="true" title={visibleText(said.text)} key={said.serial}>
      <Data text={said.text} />
    </span>
  );
}
