import type { JSX } from 'preact';
import { visiblePieces } from './visible.ts';

/** Somebody's text, as text; what could not be seen in it is written out. */
export function Data({ text }: { readonly text: string }): JSX.Element {
  const pieces = visiblePieces(text);
  if (pieces.length === 1 && pieces[0]?.hidden === false) return <>{pieces[0].text}</>;
  return (
    <>
      {pieces.map(({ text: piece, hidden }, index) =>
        hidden ? (
          <span class="hidden-character" key={index}>
            {piece}
          </span>
        ) : (
          piece
        ),
      )}
    </>
  );
}
