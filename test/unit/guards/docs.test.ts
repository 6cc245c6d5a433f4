import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildProgram } from '../../../src/cli.ts';
import { decisionSchema } from '../../../src/core/curation/decision.ts';
import { projectFileSchema } from '../../../src/core/project/projectFile.ts';
import { teacherRecordSchema } from '../../../src/core/teaching/records.ts';
import { editRowSchema } from '../../../src/node/commands/decideRows.ts';
import { teacherProfileSchema } from '../../../src/node/teacher/profiles.ts';
import { EXIT } from '../../../src/node/terminal/exitCodes.ts';
import { repositoryFiles, ROOT } from './repositoryFiles.ts';
import { markedTitles } from './titles.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = repositoryFiles().filter((path) => path.endsWith('.md') && !path.startsWith('test/'));

/** The cells of every table row of a Markdown text, white space and code marks aside. */
function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/u.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/u)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

/** Links of a page that lead to no file or no heading of this repository. */
export function deadLinks(path: string, text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/gu, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/gu)].map(([, target = '']) => target);
  return links.filter((target) => {
    if (/^https?:/u.test(target)) return false;
    const [file = '', heading] = target.split('#');
    const full = file === '' ? path : join(dirname(path), file);
    if (!existsSync(join(ROOT, full))) return true;
    if (heading === undefined) return false;
    const headings = [...read(full).matchAll(/^#+ (.+)$/gmu)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    );
    return !headings.includes(heading);
  });
}

describe('docs/command-line.md', () => {
  const text = read('docs/command-line.md');

  it('has the exit codes of the code, all of them and no other', () => {
    const rows = tableRows(text).filter(([code = '']) => /^\d+$/u.test(code));
    const table = Object.fromEntries(rows.map(([code, name = '']) => [name, Number(code)]));
    expect(table).toEqual(EXIT);
    for (const [, name, meaning = ''] of rows) expect(meaning, name).toMatch(/\S{3}/u);
  });

  it('describes every command in a section of its own', () => {
    const headings = [...text.matchAll(/^### `tailor ([a-z]+)/gmu)].map(([, name]) => name);
    const program = buildProgram();
    expect(headings.sort()).toEqual(program.commands.map((command) => command.name()).sort());
  });

  it('mentions every long option, and none that does not exist', () => {
    const program = buildProgram();
    const known = new Set(
      [program, ...program.commands].flatMap(({ options }) => options.map(({ long }) => long)),
    );
    known.add('--help');
    const mentioned = new Set(
      [...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/gu)].map(([flag]) => flag),
    );
    expect([...known].filter((flag) => !mentioned.has(flag ?? ''))).toEqual([]);
    expect([...mentioned].filter((flag) => !known.has(flag))).toEqual([]);
  });

  it('shows rows of decide edit that are accepted as they stand, and every form of them', () => {
    const rows = [...text.matchAll(/^(?:\| `)?(\{"[^`\n]*\})(?:` +\||$)/gmu)]
      .map(([, row = '']) => row)
      .filter((row) => !row.includes('"error"'));
    expect(rows.length).toBe(editRowSchema.options.length + 1);
    const forms = rows.map((row) =>
      editRowSchema.options.findIndex(
        (form) => form.safeParse(JSON.parse(row.replaceAll('…', 'x'))).success,
      ),
    );
    expect(new Set(forms)).toEqual(new Set(editRowSchema.options.keys()));
  });
});

describe('docs/files.md', () => {
  const text = read('docs/files.md');

  it('names every record of the journals', () => {
    const kinds = [...decisionSchema.options, ...teacherRecordSchema.options].map(
      ({ shape }) => [...shape.type.values][0],
    );
    expect(kinds.length).toBeGreaterThan(15);
    expect(kinds.filter((kind) => !text.includes(`\`${kind ?? '?'}\``))).toEqual([]);
  });

  it('names every key of tailor.json', () => {
    const keys = Object.keys(projectFileSchema.shape).filter((key) => key !== '$schema');
    expect(keys.filter((key) => !new RegExp(`\`${key}[\`.]`, 'u').test(text))).toEqual([]);
    for (const group of ['exam', 'training'] as const) {
      for (const key of Object.keys(projectFileSchema.shape[group].shape)) {
        expect(text, `${group}.${key}`).toContain(`\`${group}.${key}\``);
      }
    }
  });
});

describe('README.md', () => {
  const text = read('README.md');

  it('begins with the two commands and names every option of npm start', () => {
    expect(text.indexOf('npm start')).toBeGreaterThan(0);
    expect(text).toMatch(/^npm start\b/mu);
    expect(text).toMatch(/^npm test\b/mu);
    const help = read('scripts/start.mjs');
    const options = [...help.matchAll(/^ {2}(--[a-z]+)/gmu)].map(([, flag = '']) => flag);
    expect(options.length).toBeGreaterThan(4);
    for (const flag of options.filter((one) => one !== '--help'))
      expect(text, flag).toContain(`\`${flag}`);
  });

  it('shows a teacher profile that is accepted as it stands', () => {
    const example = /```json\n([\s\S]*?)```/u.exec(text)?.[1] ?? '';
    const { profiles } = z
      .strictObject({ v: z.literal(1), profiles: z.array(teacherProfileSchema) })
      .parse(JSON.parse(example));
    expect(profiles).toHaveLength(1);
  });
});

describe('SECURITY.md', () => {
  const rows = tableRows(read('SECURITY.md')).filter(([id = '']) => /^\d+$/u.test(id));

  it('lists every threat once, in order', () => {
    expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
    for (const [id, threat, control, state = ''] of rows) {
      expect(threat, id).toMatch(/\S{3}/u);
      expect(control, id).toMatch(/\S{3}/u);
      expect(['tested', 'in part', 'later'], id).toContain(state);
    }
  });

  it('calls nothing tested that has no test', () => {
    const marks = new Set(markedTitles().map(({ mark }) => mark));
    const claimed = rows.filter(([, , , state]) => state === 'tested').map(([id]) => Number(id));
    expect(claimed.filter((id) => !marks.has(id))).toEqual([]);
  });
});

describe('every page', () => {
  it('links to what is there', () => {
    expect(pages.length).toBeGreaterThan(6);
    expect(
      pages.flatMap((path) => deadLinks(path, read(path)).map((to) => `${path}: ${to}`)),
    ).toEqual([]);
    expect(deadLinks('README.md', '[a](docs/nowhere.md) [b](#try-it) [c](#nothing)')).toEqual([
      'docs/nowhere.md',
      '#nothing',
    ]);
  });
});
