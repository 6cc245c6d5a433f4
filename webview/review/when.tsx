import type { JSX } from 'preact';
import { Data } from '../kit/data.tsx';

/** A moment in the person's own writing; one that cannot be read stays as it is. */
export function When({ at }: { readonly at: string }): JSX.Element {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return <Data text={at} />;
  const words = time.toLocaleString(document.documentElement.lang || undefined, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return <time dateTime={at}>{words}</time>;
}
