import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { PAGE_INK } from '../../src/shared/pictures/ink.ts';
import type { Frame, Picture, PictureTable } from '../../src/shared/pictures/picture.ts';
import { Data } from './data.tsx';
import { Drawn } from './drawn.tsx';

interface FigureProps {
  readonly id: string;
  readonly title: string;
  /** Draws it for a width; called again when that changes, or when this function does. */
  readonly draw: (frame: Frame) => Picture;
  readonly asTable: boolean;
  readonly onToggle: () => void;
  readonly texts: {
    readonly table: string;
    readonly chart: string;
    /** Of the table; without one the title names it. */
    readonly caption?: string;
  };
  /** Beside the switch to the table. */
  readonly tools?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A picture that says in words what it shows, or the table of its numbers. */
export function Figure(props: FigureProps): JSX.Element {
  const { id, title, asTable, onToggle, texts, tools, children } = props;
  const { table, chart } = texts;
  return (
    <figure class="figure" aria-labelledby={`figure-${id}`}>
      <figcaption>
        <h3 id={`figure-${id}`}>{title}</h3>
        <span class="figure-tools">
          {tools}
          <button
            type="button"
            class="link"
            aria-label={`${title}: ${asTable ? chart : table}`}
            onClick={onToggle}
          >
            {asTable ? chart : table}
          </button>
        </span>
      </figcaption>
      {asTable ? <Numbers {...props} /> : <Shown {...props} />}
      {children}
    </figure>
  );
}

/** How wide a place in the page is; 0 until it stands. */
export function useWidth(): readonly [{ current: HTMLDivElement | null }, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = ref;
    if (!current) return undefined;
    const measure = (): void => setWidth(Math.floor(current.clientWidth));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(current);
    return () => watch.disconnect();
  }, []);
  return [ref, width];
}

function Shown({ draw }: FigureProps): JSX.Element {
  const [ref, width] = useWidth();
  const picture = useMemo(() => draw({ width, ink: PAGE_INK }), [draw, width]);
  return (
    <div class="picture" role="img" aria-label={picture.sentence} ref={ref}>
      <Drawn svg={picture.svg} />
    </div>
  );
}

function Numbers({ title, draw, texts }: FigureProps): JSX.Element {
  const { table } = useMemo(() => draw({ width: 0, ink: PAGE_INK }), [draw]);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={title}>
      <Rows table={table} caption={texts.caption ?? title} seen={texts.caption !== undefined} />
    </div>
  );
}

function Rows({
  table: { head, rows },
  caption,
  seen,
}: {
  readonly table: PictureTable;
  readonly caption: string;
  /** Where it says no more than the title above it, it is only read out. */
  readonly seen: boolean;
}): JSX.Element {
  return (
    <table class="numbers">
      <caption class={seen ? 'muted' : 'only-read'}>{caption}</caption>
      <thead>
        <tr>
          {head.map((text, column) => (
            <th scope="col" key={column}>
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name = '', ...cells], row) => (
          <tr key={row}>
            <th scope="row">
              <Data text={name} />
            </th>
            {cells.map((cell, column) => (
              <td key={column}>
                <Data text={cell} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
