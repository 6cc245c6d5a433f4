import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { matchesIn, searchWords } from '../../src/shared/searchText.ts';
import { Data } from '../kit/data.tsx';
import { usePart } from './app.tsx';

const NONE: readonly string[] = [];

/**
 * The words that are looked for now in a field; none where the search is about another one. `field` is null for a text
 * of the whole row.
 */
export function useSought(field: string | null): readonly string[] {
  const search = usePart(({ doc }) => doc?.filter.search ?? '');
  const only = usePart(({ doc }) => doc?.filter.field ?? null);
  const isMeant = only === null || only === field;
  return useMemo(() => (isMeant ? searchWords(search) : NONE), [isMeant, search]);
}

interface FoundProps {
  readonly text: string;
  readonly words: readonly string[];
}

/** Somebody's text, as text, with the words that are looked for marked. */
export function Found({ text, words }: FoundProps): JSX.Element {
  const pieces = useMemo(() => piecesOf(text, words), [text, words]);
  return (
    <>
      {pieces.map(({ text: piece, found }, index) =>
        found ? (
          <mark class="found-word" key={index}>
            <Data text={piece} />
          </mark>
        ) : (
          <Data text={piece} key={index} />
        ),
      )}
    </>
  );
}

/**
 * Marks behind a text that is edited: a field of a form cannot hold any. The same text once more, unseen, in the same
 * place; whoever reads with other means than the eyes has the field itself.
 */
export function FoundBehind({ text, words }: FoundProps): JSX.Element | null {
  const pieces = useMemo(() => piecesOf(text, words), [text, words]);
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const place = ref.current?.parentElement;
    if (place) scrollAlong(place);
  });
  if (!pieces.some(({ found }) => found)) return null;
  return (
    <div ref={ref} class="found-behind text-box" aria-hidden="true">
      {pieces.map(({ text: piece, found }, index) =>
        found ? (
          <mark class="found-word" key={index}>
            {piece}
          </mark>
        ) : (
          piece
        ),
      )}
      {/* The last line of a text that ends with a line feed has a height, too. */}
      {'\u200b'}
    </div>
  );
}

/** Brings the marks to where the text that they stand behind is scrolled to. */
export function scrollAlong(place: Element): void {
  const behind = place.querySelector('.found-behind');
  const text = place.querySelector('textarea');
  if (behind && text) behind.scrollTop = text.scrollTop;
}

interface FoundPiece {
  readonly text: string;
  readonly found: boolean;
}

function piecesOf(text: string, words: readonly string[]): readonly FoundPiece[] {
  const pieces: FoundPiece[] = [];
  let from = 0;
  for (const { start, end } of matchesIn(text, words)) {
    if (start > from) pieces.push({ text: text.slice(from, start), found: false });
    pieces.push({ text: text.slice(start, end), found: true });
    from = end;
  }
  if (from < text.length || pieces.length === 0) {
    pieces.push({ text: text.slice(from), found: false });
  }
  return pieces;
}
