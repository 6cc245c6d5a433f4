import type { JSX } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import { barsPicture } from '../../src/shared/pictures/bars.ts';
import { barTexts, type ListedBar } from '../../src/shared/pictures/boardPictures.ts';
import { PAGE_INK } from '../../src/shared/pictures/ink.ts';
import type { Frame } from '../../src/shared/pictures/picture.ts';
import { Drawn } from '../kit/drawn.tsx';
import { useWidth } from '../kit/figure.tsx';
import { useBoard } from './context.ts';
import { NumberButton } from './number.tsx';
import { SavePicture } from './savePicture.tsx';
import { useBoardWords } from './words.ts';

interface BarsProps {
  readonly id: string;
  readonly title: string;
  readonly bars: readonly ListedBar[];
  readonly of: number;
  /** Stands below the picture in a file. */
  readonly note?: string;
}

/** Numbers of questions as bars. The names and numbers stand beside the picture: each number opens its list. */
export function Bars({ id, title, bars, of, note = '' }: BarsProps): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const train = board.trainingWords.value;
  const known = JSON.stringify([bars, of]);
  const draw = useCallback(
    (frame: Frame) => barsPicture(bars, { ...frame, of, texts: barTexts(of, words) }),
    [known, words],
  );
  const asTable = board.look.value.tables.includes(id);
  return (
    <figure class="figure" aria-labelledby={`figure-${id}`}>
      <figcaption>
        <h3 id={`figure-${id}`}>{title}</h3>
        <span class="figure-tools">
          <SavePicture name={id} title={title} draw={draw} note={note} />
          <button
            type="button"
            class="link"
            aria-label={`${title}: ${train(asTable ? 'chart' : 'table')}`}
            onClick={() => board.toggleTable(id)}
          >
            {train(asTable ? 'chart' : 'table')}
          </button>
        </span>
      </figcaption>
      {asTable ? (
        <BarTable title={title} bars={bars} of={of} />
      ) : (
        <BarGrid bars={bars} of={of} known={known} />
      )}
    </figure>
  );
}

function BarGrid({
  bars,
  of,
  known,
}: Pick<BarsProps, 'bars' | 'of'> & { readonly known: string }): JSX.Element {
  const words = useBoardWords();
  const [ref, width] = useWidth();
  const { svg, sentence } = useMemo(
    () => barsPicture(bars, { width, ink: PAGE_INK, of, texts: barTexts(of, words), named: false }),
    [known, width, words],
  );
  return (
    <div class="bars">
      <ul class="bar-names" aria-hidden="true">
        {bars.map(({ label }) => (
          <li key={label} title={label}>
            {label}
          </li>
        ))}
      </ul>
      <div class="picture" role="img" aria-label={sentence} ref={ref}>
        <Drawn svg={svg} />
      </div>
      <ul class="bar-numbers">
        {bars.map((bar) => (
          <li key={bar.label}>
            <BarNumber bar={bar} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A bar's number, or that it is not known. */
function BarNumber({ bar }: { readonly bar: ListedBar }): JSX.Element {
  const { value, instead, list } = bar;
  if (instead !== undefined) return <span class="number-none number-instead">{instead}</span>;
  return <NumberButton value={value} list={list} />;
}

function BarTable({ title, bars, of }: Omit<BarsProps, 'id'>): JSX.Element {
  const words = useBoardWords();
  const { head } = barTexts(of, words);
  return (
    <table class="numbers">
      <caption class="only-read">{title}</caption>
      <thead>
        <tr>
          {head.map((text) => (
            <th scope="col" key={text}>
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.label}>
            <th scope="row">{bar.label}</th>
            <td>
              <BarNumber bar={bar} />
            </td>
            <td>{of === 0 || bar.instead !== undefined ? '–' : words.percent(bar.value / of)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
