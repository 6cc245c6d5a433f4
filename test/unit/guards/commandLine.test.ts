import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli.ts';
import { COMMANDS } from '../../../src/shared/commands.ts';

describe('palette and command line', () => {
  const program = buildProgram();
  const subcommands = program.commands.map((command) => command.name());

  it('offer the same actions', () => {
    const table = Object.values(COMMANDS).map(({ cli }) => cli);
    expect([...subcommands].sort()).toEqual([...table].sort());
    expect(new Set(table).size).toBe(table.length);
  });

  it('name an action alike: tailor.exam is tailor exam', () => {
    for (const [id, { cli }] of Object.entries(COMMANDS)) expect(id).toBe(`tailor.${cli}`);
  });

  it('say what each command, argument and option is for', () => {
    for (const command of program.commands) {
      expect(command.description(), command.name()).toMatch(/^\S.{10,}/u);
      for (const { description, flags } of command.options) {
        expect(description, `${command.name()} ${flags}`).toMatch(/\S{2,}/u);
      }
    }
  });

  it('share the options that hold for every command', () => {
    for (const command of program.commands) {
      const names = command.options.map(({ long }) => long);
      expect(names, command.name()).toEqual(
        expect.arrayContaining(['--project', '--json', '--python', '--quiet']),
      );
      expect(new Set(names).size, command.name()).toBe(names.length);
    }
  });

  it('have no option for a key: keys come from a named variable only', () => {
    const flags = program.commands.flatMap(({ options }) => options.map(({ flags: text }) => text));
    expect(flags.filter((text) => /key|token\b|secret|password|url/iu.test(text))).toEqual([]);
  });
});
