import type { JSX } from 'preact';

/** Rows that are on their way. */
export function SkeletonRows({ label }: { readonly label: string }): JSX.Element {
  return (
    <div class="skeleton" aria-busy="true" aria-label={label} role="status">
      {[70, 55, 80, 45, 65, 60].map((width, index) => (
        <span class="skeleton-row" key={index} aria-hidden="true">
          <span class="skeleton-text" style={{ width: `${width}%` }} />
          <span class="skeleton-text skeleton-short" />
        </span>
      ))}
    </div>
  );
}
