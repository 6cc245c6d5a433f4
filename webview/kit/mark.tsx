import type { ComponentChildren, JSX } from 'preact';

/** A small count beside a name. */
export function Badge({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <span class="badge">{children}</span>;
}

/** Something is under way; the sentence beside it says what. */
export function Spinner(): JSX.Element {
  return (
    <svg class="icon spinner" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M8 2a6 6 0 1 1-6 6" />
    </svg>
  );
}
