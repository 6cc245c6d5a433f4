import { describe, expect, it, vi } from 'vitest';
import type { Command } from 'commander';
import { buildProgram } from '../../../src/cli.ts';
import { ALL_COMMANDS } from '../../../src/shared/commands.ts';
import { commandLines } from '../../../src/vscode/copyCommandLine.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

const ROOT = '/projects/sums';
const file = { student: 'models/base', teacher: 'programmatic' };
const linesFor = (round?: number) => commandLines({ root: ROOT, file, round, windows: false });

/** What the real program makes of a line; throws what it would print. */
function parsed(line: string): { name: string; options: Record<string, unknown> } {
  const program = buildProgram();
  const found: { name: string; options: Record<string, unknown> }[] = [];
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.action((...given: unknown[]) => {
      // SAFETY: commander hands the command itself over as the last argument.
      const own = given.at(-1) as Command;
      found.push({ name: own.name(), options: own.opts() });
    });
  }
  program.parse(line.split(' ').slice(1), { from: 'user' });
  const [only] = found;
  if (!only || found.length > 1) throw new Error(`${found.length} actions`);
  return only;
}

describe('a copied line', () => {
  it.each([...linesFor(), ...linesFor(2)])('is understood: $title, $line', ({ line }) => {
    const { name, options } = parsed(line);
    expect(line).toMatch(new RegExp(`^tailor ${name}\\b`, 'u'));
    expect(options['project']).toBe(ROOT);
    for (const value of Object.values(options)) expect(String(value)).not.toMatch(/^--/u);
  });

  it('names what the command would ask for, and is not offered where nobody can know it', () => {
    const lines = linesFor().map(({ line }) => line);
    expect(lines).toContain(`tailor choose --student models/base --project ${ROOT}`);
    expect(lines).toContain(`tailor choose --teacher programmatic --project ${ROOT}`);
    expect(lines).toContain(`tailor choose --chat plain --project ${ROOT}`);
    expect(lines).toContain(`tailor teacher --programmatic --project ${ROOT}`);
    expect(lines).toContain(`tailor decide undo --project ${ROOT}`);
    expect(lines.filter((line) => /^tailor (?:init|import|export|decide --)/u.test(line))).toEqual(
      [],
    );
    expect(new Set(lines).size).toBe(lines.length);
    // These would have failed: what is left out here is left out for cause.
    expect(() => parsed(`tailor import --project ${ROOT}`)).toThrow();
    expect(() => parsed(`tailor export --project ${ROOT}`)).toThrow();
    expect(() => parsed(`tailor decide --project ${ROOT}`)).toThrow();
    expect(() => parsed(`tailor choose --student --project ${ROOT}`)).toThrow();
  });

  it('carries the round only where the command takes one', () => {
    const lines = linesFor(2).map(({ line }) => line);
    expect(lines).toContain(`tailor freeze --preview --round 2 --project ${ROOT}`);
    expect(lines).toContain(`tailor status --project ${ROOT}`);
  });

  it('is offered for most of what has a twin', () => {
    const titles = new Set(linesFor().map(({ title }) => title));
    const twins = Object.entries(ALL_COMMANDS).filter(([, { cli }]) => cli !== null);
    const missing = twins.filter(([, { title }]) => !titles.has(title)).map(([id]) => id);
    expect(missing.filter((id) => !id.startsWith('tailor.review.'))).toEqual([
      'tailor.init',
      'tailor.import',
      'tailor.export',
    ]);
  });
});
