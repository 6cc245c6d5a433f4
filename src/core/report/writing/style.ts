import { DARK_INK, LIGHT_INK, type Ink } from '../../../shared/pictures/ink.ts';

function inkOf({ text, muted, grid, page, series, good, bad }: Ink): string {
  const colours = series.map((colour, at) => `--picture-${at + 1}: ${colour};`).join(' ');
  return `--picture-text: ${text}; --picture-muted: ${muted}; --picture-grid: ${grid}; --picture-page: ${page}; ${colours} --picture-good: ${good}; --picture-bad: ${bad};`;
}

/** The whole style of a report: light, dark, and for paper always light. */
export const REPORT_STYLE = `
:root { ${inkOf(LIGHT_INK)} }
@media (prefers-color-scheme: dark) { :root { ${inkOf(DARK_INK)} } }
@media print { :root { ${inkOf(LIGHT_INK)} } }
body { margin: 0; background: var(--picture-page); color: var(--picture-text); font: 15px/1.5 ${LIGHT_INK.font}; }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.note { color: var(--picture-muted); border-left: 3px solid var(--picture-grid); padding-left: 0.8rem; }
.wide { overflow-x: auto; margin: 0.8rem 0; }
table { border-collapse: collapse; font-size: 0.87rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 0.3rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--picture-grid); }
.long { overflow-wrap: anywhere; } .whole { white-space: nowrap; }
th { font-weight: 600; } tbody th { font-weight: 400; }
figure { margin: 1rem 0 0.3rem; overflow-x: auto; } figcaption { color: var(--picture-muted); font-size: 0.87rem; }
details { font-size: 0.87rem; } .list { margin: 0.4rem 0; } caption.read { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media print { main { max-width: none; padding: 0; } section { break-inside: avoid-page; } .wide, figure { overflow: visible; } svg { max-width: 100%; height: auto; } table { font-size: 0.62rem; } th, td { padding: 0.2rem 0.3rem; } .whole { white-space: normal; } details > summary { display: none; } details::details-content { content-visibility: visible; } }
`;
