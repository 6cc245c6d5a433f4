import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { report } from '../../../../src/node/commands/report.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { csvRows } from '../../../fakes/reportTexts.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

describe('tailor report', () => {
  it('writes a file, prints without one, and compares the rounds that are named', async () => {
    const { root, run } = await reportProject();
    await run();
    const context = { ...commandContext(root), clock: systemClock };
    const output = join(await temporaryFolder(), 'r.csv');
    const told = await report(context, { format: 'csv', output, from: 0, to: 2, set: 'far' });
    expect(String(told.text)).toBe(`Wrote ${output}.`);
    const rows = csvRows(await readFile(output, 'utf8'));
    expect(rows.filter((row) => row[0] === 'comparison').map((row) => row[2])).toContain('far');
    expect(rows.find((row) => row[0] === 'comparison')?.[3]).toBe('0 to 2');
    const printed = await report(context, { format: 'markdown' });
    expect(String(printed.text)).toContain('## Comparison: Round 1 → Round 2, dev');
    expect(printed.json).toMatchObject({
      project: 'Sums <b>&</b>',
      comparison: { from: 1, to: 2 },
    });
    // Verdicts and labels in the words of the person, too.
    const german = await report(context, {
      format: 'markdown',
      say: (text) => `Auf Deutsch: ${String(text)}`,
    });
    expect(String(german.text)).toMatch(/Auf Deutsch: (?:Round 2|The change|Not tested)/u);
    // The round before the one that is named, not the newest one: time runs forwards.
    expect((await report(context, { format: 'csv', to: 1 })).json).toMatchObject({
      comparison: { from: 0, to: 1 },
    });
    expect(String((await report(context, { format: 'html', set: 'train' })).text)).toContain(
      'These questions are trained on',
    );
  });

  it('writes over nothing that the project is made of', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    const context = { ...commandContext(root), clock: systemClock };
    const alias = join(await temporaryFolder(), 'alias.csv');
    await symlink(join(root, 'rounds/0/manifest.json'), alias);
    const own = ['rounds/0/train.jsonl', 'rounds/0/exam/r.csv', 'data/far.jsonl', 'tailor.json'];
    for (const output of [...own.map((name) => join(root, name)), alias]) {
      const before = await readFile(output, 'utf8').catch(() => null);
      await expect(report(context, { format: 'csv', output })).rejects.toMatchObject({
        code: 'project.unsafePath',
      });
      expect(await readFile(output, 'utf8').catch(() => null)).toBe(before);
    }
    const beside = join(root, 'report.csv');
    await report(context, { format: 'csv', output: beside });
    await report(context, { format: 'csv', output: beside });
    expect(csvRows(await readFile(beside, 'utf8')).length).toBeGreaterThan(10);
  });

  it('refuses what it cannot compare or write, and leaves what is there alone', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    const context = { ...commandContext(root), clock: systemClock };
    await expect(report(context, { format: 'csv', set: 'test' })).rejects.toMatchObject({
      code: 'round.notReady',
    });
    await expect(report(context, { format: 'csv', from: 0, to: 7 })).rejects.toMatchObject({
      code: 'round.notReady',
    });
    const folder = join(await temporaryFolder(), 'folder');
    await mkdir(folder);
    await expect(report(context, { format: 'csv', output: folder })).rejects.toThrow();
    const nowhere = join(folder, 'no', 'such', 'r.html');
    await expect(report(context, { format: 'html', output: nowhere })).rejects.toMatchObject({
      code: 'store.missing',
    });
  });
});
