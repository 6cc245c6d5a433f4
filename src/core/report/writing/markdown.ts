import { visibleText } from '../../visibleText.ts';
import type { Block, Report, ReportTable } from './report.ts';

/** Characters that Markdown, or HTML in it, gives a meaning inside a line; what makes an address a link is one too. */
const MEANT = /[\\`*_{}[\]<>|~&#$@]|:(?=\/\/)|(?<=www)\./giu;

/** Read as something else even behind a backslash. */
const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '@': '&#64;',
  ':': '&#58;',
  '.': '&#46;',
};

/** A text as Markdown that shows it and does nothing: no link, no picture, no markup, no formula, one line. */
export function markdownText(text: string): string {
  return visibleText(text)
    .replace(/\s*\n\s*/gu, ' ')
    .replace(MEANT, (character) => ENTITIES[character] ?? `\\${character}`);
}

/** A report as GitHub's Markdown, without pictures: their sentences and numbers stand in their place. */
export function reportMarkdown({ title, sections }: Report): string {
  const parts = [`# ${markdownText(title)}`];
  for (const { title: heading, blocks } of sections) {
    parts.push(`## ${markdownText(heading)}`, ...blocks.map(blockOf));
  }
  return `${parts.join('\n\n')}\n`;
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'text':
      return markdownText(block.text);
    case 'note':
      return `> ${markdownText(block.text)}`;
    case 'table':
      return captioned(block.table);
    case 'list':
      return block.rest === null
        ? captioned(block.table)
        : `${captioned(block.table)}\n\n> ${markdownText(block.rest)}`;
    case 'picture': {
      const { title, picture } = block;
      return `**${markdownText(title)}**\n\n${markdownText(picture.sentence)}\n\n${tableOf(picture.table)}`;
    }
  }
}

function captioned(table: ReportTable): string {
  return `**${markdownText(table.caption)}**\n\n${tableOf(table)}`;
}

function tableOf({ head, rows }: Pick<ReportTable, 'head' | 'rows'>): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}
