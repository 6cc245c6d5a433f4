import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from './repositoryFiles.ts';
import { markedTitles, titlesIn } from './titles.ts';

/** "loop": owed since the loop runs; "later": concerns views, editors or releases that do not exist yet. */
const sinceSchema = z.enum(['loop', 'later']);
const faultsSchema = z.array(
  z.strictObject({ fault: z.string(), names: z.array(z.string()).min(1), since: sinceSchema }),
);
const threatsSchema = z.array(
  z.strictObject({ id: z.number(), threat: z.string(), since: sinceSchema }),
);

function fixture<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', name), 'utf8')));
}
/** The faults that the embedded server plays on request, by group. */
const teacherFaultsSchema = z.array(z.strictObject({ group: z.string(), fault: z.string() }));
const faults = fixture('faultRows.json', faultsSchema);
const threats = fixture('threats.json', threatsSchema);
const teacherFaults = fixture('teacherFaults.json', teacherFaultsSchema);

/** Rows of "loop" that have no test yet, each with the reason. Take a row out as soon as its test is there. */
const missing: readonly { readonly row: string; readonly reason: string }[] = [];

const titles = markedTitles();
const rows = [
  ...faults.map(({ fault, names, since }) => ({
    row: `fault: ${fault}`,
    since,
    tested: titles.some(
      ({ mark, rest }) => mark === 'fault' && names.some((name) => rest.startsWith(name)),
    ),
  })),
  ...threats.map(({ id, threat, since }) => ({
    row: `threat ${id}: ${threat}`,
    since,
    tested: titles.some(({ mark }) => mark === id),
  })),
];

describe('every fault of a teacher’s server has a test of its name', () => {
  // The name ends with its quote: "finish null" is not "finish null and more".
  const named = titles
    .filter(({ mark }) => mark === 'teacher fault')
    .map(({ rest }) => /^(.*?)["'`](?:[,)]|$)/u.exec(rest)?.[1]);

  it.each(teacherFaults)('$group: $fault', ({ fault }) => {
    expect(named).toContain(fault);
  });

  it('and each such test stands in the list, once', () => {
    const list = teacherFaults.map(({ fault }) => fault);
    expect([...named].sort()).toEqual([...list].sort());
    expect(new Set(list).size).toBe(list.length);
  });
});

describe('every fault and threat has a test of its name', () => {
  it('finds titles in the ways they are written, and no skipped ones', () => {
    const text = [
      "it('fault: disk full: a', () => {})",
      'it.each([1])("fault: 429 with %s", f)',
      'describe(`threat 19: bombs`, f)',
      "it.skip('fault: skipped', f)",
      'it.todo("threat 3: later")',
      '    """threat 13: pickles are refused."""',
      'const fault: string = "x"; // fault: no title',
    ].join('\n');
    expect(titlesIn('a.test.ts', text).map(({ mark }) => mark)).toEqual(['fault', 'fault', 19, 13]);
  });

  it('knows each row once', () => {
    expect(faults).toHaveLength(32);
    expect(threats.map(({ id }) => id)).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
    const names = faults.flatMap((row) => row.names);
    expect(new Set(names).size).toBe(names.length);
    for (const { fault, names: own } of faults) expect(fault.startsWith(own[0] ?? '?')).toBe(true);
  });

  const named = new Set(missing.map(({ row }) => row));
  for (const { row, tested } of rows.filter(({ since }) => since === 'loop')) {
    if (named.has(row)) {
      it(`${row} is listed as missing and really has none`, () => expect(tested).toBe(false));
    } else {
      it(`${row} has a test`, () => expect(tested).toBe(true));
    }
  }

  it('lists no unknown row as missing, and prints the rows still without a test', () => {
    const all = new Set(rows.map(({ row }) => row));
    expect(missing.filter(({ row }) => !all.has(row))).toEqual([]);
    const later = rows.filter(({ since, tested }) => since === 'later' && !tested);
    const lines = [
      ...missing.map(({ row, reason }) => `  ${row}: ${reason}`),
      ...later.map(({ row }) => `  ${row}: later`),
    ];
    console.log(['Rows still without a test:', ...lines].join('\n'));
  });
});
