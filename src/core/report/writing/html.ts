import { asMarkup } from '../../../shared/markup.ts';
import { svgText } from '../../../shared/pictures/svg.ts';
import { sha256Base64 } from '../../hash.ts';
import { visibleText } from '../../visibleText.ts';
import { REPORT_STYLE } from './style.ts';
import type { Block, Report, ReportTable } from './report.ts';

/** A text as HTML that shows it: whatever could be markup is written out, what hides or reorders is made visible. */
export function htmlText(text: string): string {
  return asMarkup(visibleText(text)).replaceAll("'", '&#39;');
}

/** Nothing is loaded, nothing runs, nothing is sent: the page's own style is the one exception, by its digest. */
const POLICY = `default-src 'none'; style-src 'sha256-${sha256Base64(REPORT_STYLE)}'; base-uri 'none'; form-action 'none'`;

/** A report as one page that needs nothing else; pictures are drawn in it, and take the reader's light or dark. */
export function reportHtml({ title, sections }: Report, language: string): string {
  const body = sections.map(
    ({ title: heading, blocks }) =>
      `<section><h2>${data(heading)}</h2>\n${blocks.map((block) => blockOf(block, heading)).join('\n')}\n</section>`,
  );
  return `<!doctype html>
<html lang="${htmlText(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${htmlText(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>${data(title)}</h1>
${body.join('\n')}
</main>
</body>
</html>
`;
}

/** Foreign words keep their direction to themselves. */
const data = (words: string): string => `<bdi>${htmlText(words)}</bdi>`;

/** A word of more characters than a column should be wide: a digest, an address, a line without spaces. */
const LONG = /\S{25,}/gu;

/** Figures, and a name as short as "Round 0", are not broken at their spaces either. */
function keptWhole(words: string): string {
  const whole = words.length <= 10 || (words.length <= 24 && !/\p{L}/u.test(words));
  return whole ? ' class="whole"' : '';
}

/** A cell's words; only one that no column has room for may be broken inside. */
function cellOf(words: string): string {
  // What is made visible makes a word longer.
  const shown = visibleText(words);
  let [html, from] = ['', 0];
  for (const { 0: long, index } of shown.matchAll(LONG)) {
    html += `${htmlText(shown.slice(from, index))}<span class="long">${htmlText(long)}</span>`;
    from = index + long.length;
  }
  return `<bdi>${html}${htmlText(shown.slice(from))}</bdi>`;
}

function blockOf(block: Block, heading: string): string {
  switch (block.kind) {
    case 'text':
      return `<p>${data(block.text)}</p>`;
    case 'note':
      return `<p class="note">${data(block.text)}</p>`;
    case 'table':
      // One title is enough to see.
      return tableOf(block.table, block.table.caption === heading);
    case 'list': {
      const rest = block.rest === null ? '' : `<p class="note">${data(block.rest)}</p>`;
      return `<details class="list"><summary>${data(block.table.caption)}</summary>${tableOf(block.table, true)}${rest}</details>`;
    }
    case 'picture': {
      const { title, picture } = block;
      const svg = svgText({
        ...picture.svg,
        attributes: { ...picture.svg.attributes, role: 'img', 'aria-label': picture.sentence },
      });
      const caption = `<figcaption>${data(title)}. ${data(picture.sentence)}</figcaption>`;
      const numbers = tableOf({ caption: title, ...picture.table });
      return `<figure>${svg}${caption}</figure>\n<details><summary>${data(block.numbers)}</summary>${numbers}</details>`;
    }
  }
}

function tableOf({ caption, head, rows }: ReportTable, titled = false): string {
  const heads = head.map((cell) => `<th scope="col">${data(cell)}</th>`).join('');
  const lines = rows.map((row) => {
    const [first = '', ...rest] = row;
    const cells = rest.map((cell) => `<td${keptWhole(cell)}>${cellOf(cell)}</td>`).join('');
    return `<tr><th scope="row"${keptWhole(first)}>${cellOf(first)}</th>${cells}</tr>`;
  });
  return `<div class="wide"><table><caption${titled ? ' class="read"' : ''}>${data(caption)}</caption><thead><tr>${heads}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}
