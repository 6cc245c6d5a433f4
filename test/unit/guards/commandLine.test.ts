import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli.ts';
import { ALL_COMMANDS, COMMANDS } from '../../../src/shared/commands.ts';

describe('palette and command line', () => {
  const program = buildProgram();
  const subcommands = program.commands.map((command) => command.name());

  const twins = Object.values(ALL_COMMANDS).flatMap(({ cli }) => (cli === null ? [] : [cli]));

  it('offer the same actions', () => {
    const first = new Set(twins.map((twin) => twin.split(' ')[0]));
    expect([...subcommands].sort()).toEqual([...first].sort());
    // Several actions of the review are rows of the one file that `decide edit` takes.
    const own = Object.values(COMMANDS).flatMap(({ cli }) => (cli === null ? [] : [cli]));
    expect(new Set(own).size).toBe(own.length);
  });

  it('name an action alike: tailor.exam is tailor exam', () => {
    for (const [id, { cli }] of Object.entries(COMMANDS)) {
      if (cli !== null && /^[a-z]+$/u.test(cli)) expect(id).toBe(`tailor.${cli}`);
    }
  });

  it('give a twin only options that it has', () => {
    for (const twin of twins) {
      const [name, ...words] = twin.split(' ');
      const command = program.commands.find((one) => one.name() === name);
      const known = command?.options.map(({ long }) => long) ?? [];
      const asked = words.filter((word) => word.startsWith('--'));
      expect(
        asked.filter((flag) => !known.includes(flag)),
        twin,
      ).toEqual([]);
    }
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
