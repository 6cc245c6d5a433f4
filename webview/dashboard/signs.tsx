import type { JSX } from 'preact';

/** How something went at one time: a sign to see, a sentence to hear. */
export interface Sign {
  readonly kind: 'right' | 'wrong' | 'some' | 'none';
  readonly sign: string;
  readonly said: string;
}

/** A question's course, one sign a time. */
export function Signs({
  label,
  signs,
}: {
  readonly label: string;
  readonly signs: readonly Sign[];
}): JSX.Element {
  return (
    <span class="signs" role="list" aria-label={label}>
      {signs.map(({ kind, sign, said }, at) => (
        <span class={`sign sign-${kind}`} role="listitem" key={at} title={said}>
          <span class="only-read">{said}</span>
          <span aria-hidden="true">{sign}</span>
        </span>
      ))}
    </span>
  );
}
