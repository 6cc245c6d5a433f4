import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Sentence } from './said.tsx';
import { visibleText } from './visible.ts';

const QUIET_MS = 400;

/** What assistive technology hears: the newest sentence, never more than one in a short while. */
export function LiveRegion({ said }: { readonly said: Sentence }): JSX.Element {
  const [shown, setShown] = useState('');
  const last = useRef(0);
  useEffect(() => {
    if (said.text === '') return;
    const wait = Math.max(0, last.current + QUIET_MS - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      // The same sentence twice is heard twice only if the text differs.
      setShown(said.serial % 2 === 0 ? said.text : `${said.text}\u00a0`);
    }, wait);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div class="only-read" role="status" aria-live="polite" aria-atomic="true" id="live">
      {visibleText(shown)}
    </div>
  );
}
