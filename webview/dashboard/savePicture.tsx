import type { JSX } from 'preact';
import { DARK_INK, LIGHT_INK } from '../../src/shared/pictures/ink.ts';
import { asFile, type Frame, type Picture } from '../../src/shared/pictures/picture.ts';
import { svgText, type SvgElement } from '../../src/shared/pictures/svg.ts';
import { isDark } from '../kit/isDark.ts';
import { useBoard } from './context.ts';
import { pngOf } from './paint.ts';
import { useBoardWords } from './words.ts';

const FILE_WIDTH = 720;

interface SaveProps {
  readonly name: string;
  readonly title: string;
  readonly draw: (frame: Frame) => Picture;
  /** What the picture is of, for who sees it without the page. */
  readonly note?: string;
}

/** The picture for a file: in colours of its own, light or dark as the page is now. */
export function fileOf({ title, note, draw }: SaveProps, dark: boolean): SvgElement {
  const ink = dark ? DARK_INK : LIGHT_INK;
  const { svg, sentence } = draw({ width: FILE_WIDTH, ink });
  return asFile(svg, { title, sentence, note }, ink);
}

/** Two buttons that save a picture. */
export function SavePicture(props: SaveProps): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const { name, title } = props;
  return (
    <>
      <button
        type="button"
        class="link"
        aria-label={words('save.svg.label', title)}
        onClick={() => void board.savePicture('svg', name, svgText(fileOf(props, isDark())))}
      >
        {words('save.svg')}
      </button>
      <button
        type="button"
        class="link"
        aria-label={words('save.png.label', title)}
        onClick={() => void board.savePicture('png', name, pngOf(fileOf(props, isDark())))}
      >
        {words('save.png')}
      </button>
    </>
  );
}
