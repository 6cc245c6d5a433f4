/** What a picture is drawn with. A page gives its own variables, a file colours of its own. */
export interface Ink {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  /** Behind the picture, and inside open marks. */
  readonly page: string;
  /** Told apart by more than colour: each has a dash, a mark or a hatching of its own as well. */
  readonly series: readonly [string, string, string, string];
  readonly good: string;
  readonly bad: string;
  readonly font: string;
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Ubuntu, sans-serif";

/** Of a page that follows the editor's theme: nothing needs to be drawn anew when that changes. */
export const PAGE_INK: Ink = {
  text: 'var(--picture-text)',
  muted: 'var(--picture-muted)',
  grid: 'var(--picture-grid)',
  page: 'var(--picture-page)',
  series: ['var(--picture-1)', 'var(--picture-2)', 'var(--picture-3)', 'var(--picture-4)'],
  good: 'var(--picture-good)',
  bad: 'var(--picture-bad)',
  font: 'inherit',
};

/** Of a file with a light ground. Every colour has at least 4.5:1 against it. */
export const LIGHT_INK: Ink = {
  text: '#1f1f1f',
  muted: '#5b5b5b',
  grid: '#dcdcdc',
  page: '#ffffff',
  series: ['#0061b0', '#a35200', '#7a3fa8', '#1a6f5c'],
  good: '#2b7a2b',
  bad: '#c0272d',
  font: FONT,
};

/** Of a file with a dark ground. */
export const DARK_INK: Ink = {
  text: '#e6e6e6',
  muted: '#a8a8a8',
  grid: '#3d3d3d',
  page: '#1e1e1e',
  series: ['#5aa9f0', '#e59a4f', '#c294ec', '#5cc2a8'],
  good: '#7cc77c',
  bad: '#f48771',
  font: FONT,
};

/** Dashes of the lines, in the order of the series. */
export const DASHES: readonly string[] = ['none', '5 3', '2 3', '9 3 2 3', '12 4'];

/** A series' colour and dash: four colours and five dashes, so that twenty lines all differ. */
export function strokeOf(ink: Ink, at: number): { stroke: string; 'stroke-dasharray': string } {
  const [first] = ink.series;
  return {
    stroke: ink.series[at % ink.series.length] ?? first,
    'stroke-dasharray': DASHES[at % DASHES.length] ?? 'none',
  };
}
