import type { JSX } from 'preact';

/** Drawn for 16 × 16 with strokes of 1.4, in the colour of the text around them. */
const PATHS = {
  todo: 'M8 3.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0 -9.6',
  check: 'M3 8.6 6.4 12 13 4.6',
  cross: 'M4 4 12 12 M12 4 4 12',
  pencil: 'M3 13l.7-3L10.6 3.1l2.3 2.3L6 12.3z M9.2 4.5l2.3 2.3',
  flag: 'M4 14V2.6 M4 3.2h7.6L9.8 6l1.8 2.8H4',
  warning: 'M8 2.4 14.2 13.2H1.8z M8 6.4v3.2 M8 11.2v.4',
  info: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0 -12 M8 7.2v3.8 M8 4.9v.4',
  search: 'M6.8 2.6a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 1 0 0 -8.4 M10 10l3.6 3.6',
  filter: 'M2.4 4h11.2 M4.6 8h6.8 M6.6 12h2.8',
  undo: 'M5.6 3 2.6 6l3 3 M2.8 6H10a3.4 3.4 0 0 1 0 6.8H6.4',
  redo: 'M10.4 3l3 3-3 3 M13.2 6H6a3.4 3.4 0 0 0 0 6.8h3.6',
  again: 'M13 8a5 5 0 1 1-1.7-3.7 M13.2 2.4v2.8h-2.8',
  chevronDown: 'M3.6 6 8 10.4 12.4 6',
  chevronLeft: 'M10 3.6 5.6 8 10 12.4',
  chevronRight: 'M6 3.6 10.4 8 6 12.4',
  pair: 'M6.6 9.4 9.4 6.6 M7.4 4.6l1.2-1.2a2.8 2.8 0 0 1 4 4l-1.2 1.2 M8.6 11.4l-1.2 1.2a2.8 2.8 0 0 1-4-4l1.2-1.2',
  unpair:
    'M7.4 4.6l1.2-1.2a2.8 2.8 0 0 1 4 4l-1.2 1.2 M8.6 11.4l-1.2 1.2a2.8 2.8 0 0 1-4-4l1.2-1.2 M3 3l10 10',
  keyboard: 'M1.8 4.4h12.4v7.2H1.8z M4 6.8h.6 M6.6 6.8h.6 M9.2 6.8h.6 M11.6 6.8h.6 M5 9.4h6',
  panel: 'M2.2 3h11.6v10H2.2z M6.2 3v10 M10 3v10',
  compare: 'M2.2 3h11.6v10H2.2z M8 3v10 M4 6.4h2 M10 6.4h2 M4 9h2 M10 9h2',
  picked: 'M2.6 2.6h10.8v10.8H2.6z M5 8.2 7.2 10.4 11 5.8',
  stop: 'M4 4h8v8H4z',
  plus: 'M8 3v10 M3 8h10',
  bookmark: 'M4.4 2.6h7.2v10.8L8 10.6l-3.6 2.8z',
  diverge: 'M2.4 8h4.2 M6.6 8 12.8 3.6 M12.8 3.6H9.8 M12.8 3.6v3 M6.6 8l4 3.4',
  notEqual: 'M3.4 6h9.2 M3.4 10h9.2 M10.6 3 5.4 13',
  skip: 'M3.6 3.6 8 8l-4.4 4.4 M8.4 3.6 12.8 8l-4.4 4.4',
  write: 'M8 3v10 M3 8h10',
  file: 'M4 2.4h5.2L12.4 5.6v8H4z M9 2.6V6h3.2',
  gear: 'M8 5.6a2.4 2.4 0 1 0 0 4.8a2.4 2.4 0 1 0 0 -4.8 M8 1.8v2 M8 12.2v2 M1.8 8h2 M12.2 8h2 M3.6 3.6 5 5 M11 11l1.4 1.4 M12.4 3.6 11 5 M5 11l-1.4 1.4',
  trash: 'M2.8 4.4h10.4 M6 4.4V2.8h4v1.6 M4.2 4.4l.6 8.8h6.4l.6-8.8 M6.8 7v3.8 M9.2 7v3.8',
  copy: 'M5.8 5.8h7.4v7.4H5.8z M10.2 5.8V2.8H2.8v7.4h3',
  up: 'M8 13V3.6 M4 7.4l4-4 4 4',
  down: 'M8 3v9.4 M4 8.6l4 4 4-4',
  goTo: 'M2.6 3.4h10.8 M2.6 12.6h4 M8 9.6h5.4 M10.8 7l2.6 2.6-2.6 2.6',
  braces:
    'M6 2.8H5A1.4 1.4 0 0 0 3.6 4.2v2.2A1.6 1.6 0 0 1 2.2 8a1.6 1.6 0 0 1 1.4 1.6v2.2A1.4 1.4 0 0 0 5 13.2h1 M10 2.8h1a1.4 1.4 0 0 1 1.4 1.4v2.2A1.6 1.6 0 0 0 13.8 8a1.6 1.6 0 0 0-1.4 1.6v2.2a1.4 1.4 0 0 1-1.4 1.4h-1',
  lock: 'M3.6 7.2h8.8v6.2H3.6z M5.4 7.2V5a2.6 2.6 0 0 1 5.2 0v2.2',
} as const;

export type IconName = keyof typeof PATHS;

interface IconProps {
  readonly name: IconName;
  /** What it says to those who do not see it; without one it is decoration. */
  readonly label?: string;
}

/** One of the pictures the views use. */
export function Icon({ name, label }: IconProps): JSX.Element {
  const spoken = label === undefined ? { 'aria-hidden': true } : { role: 'img' as const };
  return (
    <svg
      class={`icon icon-${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      {...spoken}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
