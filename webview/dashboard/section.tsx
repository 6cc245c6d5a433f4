import type { ComponentChildren, JSX } from 'preact';

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
  /** Takes the whole width, whatever else there is room for. */
  readonly wide?: boolean;
}

/** One part of the board. */
export function Section({ id, title, children, wide = false }: SectionProps): JSX.Element {
  return (
    <section
      class={wide ? 'part part-wide' : 'part'}
      id={`part-${id}`}
      aria-labelledby={`head-${id}`}
    >
      <h2 id={`head-${id}`}>{title}</h2>
      {children}
    </section>
  );
}
