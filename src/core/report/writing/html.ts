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
      `<section><h2>${data(heading)}</h2>\n${blocks.map(blockOf).join('\n')}\n</section>`,
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

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${data(block.text)}</p>`;
    case 'note':
      return `<p class="note">${data(block.text)}</p>`;
    case 'table':
      return tableOf(block.table);
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

function tableOf({ caption, head, rows }: ReportTable): string {
  const heads = head.map((cell) => `<th scope="col">${data(cell)}</th>`).join('');
  const lines = rows.map((row) => {
    const [first = '', ...rest] = row;
    const cells = rest.map((cell) => `<td>${data(cell)}</td>`).join('');
    return `<tr><th scope="row">${data(first)}</th>${cells}</tr>`;
  });
  return `<div class="wide"><table><caption>${data(caption)}</caption><thead><tr>${heads}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}
