import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EXPORT_FORMATS, EXPORT_NAMES } from '../../src/core/exporting/formats.ts';
import { frozenRowSchema, type FrozenRow } from '../../src/core/round/frozen.ts';
import { smallPractice, startTailor } from './practiceLoop.ts';

const saidSchema = z.object({
  path: z.string(),
  rounds: z.array(z.number()),
  questions: z.number(),
  records: z.number(),
});
const record = z.record(z.string(), z.unknown());

describe('tailor export over a real frozen practice set', () => {
  let folder: string;
  let project: string;
  let rows: FrozenRow[];

  const run = (...args: string[]) => startTailor([...args, '--project', project]).finished;
  const exported = (format: string, out: string, ...more: string[]) =>
    run('export', format, '--out', out, '--json', ...more);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailor-export-'));
    project = join(folder, 'project');
    await smallPractice(project, { train: 24, dev: 4, unseen: 4 });
    for (const step of [
      ['exam', '--set', 'train', 'dev'],
      ['teach'],
      ['decide', 'accept', '--rule', 'gate-accept'],
      ['freeze'],
    ]) {
      const done = await run(...step);
      expect(done.code, `${step.join(' ')}: ${done.stderr}`).toBe(0);
    }
    const text = await readFile(join(project, 'rounds/0/train.jsonl'), 'utf8');
    rows = text
      .trim()
      .split('\n')
      .map((line) => frozenRowSchema.parse(JSON.parse(line)));
    // Every form needs something: texts, and mistakes to hold them against.
    expect(rows.filter(({ negatives }) => negatives.length > 0).length).toBeGreaterThan(0);
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(EXPORT_NAMES.filter((name) => name !== 'trl-stepwise'))(
    '%s is written whole, with as many records as it says, the same each time',
    async (format) => {
      const { kind, layout } = EXPORT_FORMATS[format];
      const out = join(folder, `${format}.${layout}`);
      const { code, stdout, stderr } = await exported(format, out);
      expect(code, stderr).toBe(0);
      const said = saidSchema.parse(JSON.parse(stdout));
      expect(said).toMatchObject({ path: out, rounds: [0], questions: rows.length });
      const texts = rows.flatMap(({ positives }) => positives);
      const pairs = rows.flatMap(({ positives, negatives }) => positives.flatMap(() => negatives));
      const wrong = rows.flatMap(({ negatives }) => negatives);
      const most = { text: texts.length, pair: pairs.length, any: texts.length + wrong.length };
      expect(said.records).toBeGreaterThan(0);
      expect(said.records).toBeLessThanOrEqual(most[kind]);
      const text = await readFile(out, 'utf8');
      const records =
        layout === 'json'
          ? z.array(record).parse(JSON.parse(text))
          : layout === 'jsonl'
            ? text
                .trim()
                .split('\n')
                .map((line) => record.parse(JSON.parse(line)))
            : null;
      if (records !== null) expect(records).toHaveLength(said.records);
      else expect(text.split('\r\n')).toHaveLength(said.records + 2);
      // Elsewhere: another file of that name would be another entry of dataset_info.json.
      const again = join(folder, 'again', `${format}.${layout}`);
      await mkdir(join(folder, 'again'), { recursive: true });
      expect((await exported(format, again)).code).toBe(0);
      expect(await readFile(again, 'utf8')).toBe(text);
    },
    60_000,
  );

  it('trl-sft holds the very texts that are trained on here', async () => {
    const out = join(folder, 'sft.jsonl');
    expect((await exported('trl-sft', out)).code).toBe(0);
    const written = (await readFile(out, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const ours = rows.flatMap(({ prompt, positives }) =>
      positives.map(({ completion }) => ({ prompt, completion })),
    );
    const distinct = [...new Set(ours.map((one) => JSON.stringify(one)))].map(
      (one) => JSON.parse(one) as unknown,
    );
    expect(written).toEqual(distinct);
  }, 60_000);

  it('trl-stepwise says what it needs where nobody marked a step, and writes nothing', async () => {
    const out = join(folder, 'steps.jsonl');
    const { code, stderr } = await exported('trl-stepwise', out);
    // The programmatic teacher names first wrong steps in later rounds only.
    expect(code, stderr).toBe(4);
    await expect(readFile(out)).rejects.toMatchObject({ code: 'ENOENT' });
  }, 60_000);

  it('writes over nothing without --force, not over the project’s own with it, and leaves no half file', async () => {
    const out = join(folder, 'there.jsonl');
    await writeFile(out, 'mine');
    const refused = await exported('openai', out);
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      error: { hint: expect.any(String) as string },
    });
    expect(await readFile(out, 'utf8')).toBe('mine');
    expect((await exported('openai', out, '--force')).code).toBe(0);
    expect(await readFile(out, 'utf8')).not.toBe('mine');
    for (const own of [
      'tailor.json',
      'data/train.jsonl',
      'rounds/0/train.jsonl',
      'models/x.jsonl',
    ]) {
      const path = join(project, own);
      const before = await readFile(path, 'utf8').catch(() => null);
      const { code } = await exported('openai', path, '--force');
      expect(code, own).not.toBe(0);
      expect(await readFile(path, 'utf8').catch(() => null), own).toBe(before);
    }
    expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  }, 120_000);

  it('refuses a form that it does not know, a round that is not frozen, and a set that was changed', async () => {
    expect((await exported('llama', join(folder, 'x'))).code).toBe(2);
    expect((await run('export', 'csv')).code).toBe(2);
    const round = await exported('csv', join(folder, 'x'), '--round', '1');
    expect(round.code).toBe(3);
    expect(round.stderr + round.stdout).toContain('Round 1 is not frozen');
    const set = join(project, 'rounds/0/train.jsonl');
    const kept = join(folder, 'kept.jsonl');
    await cp(set, kept);
    await writeFile(set, (await readFile(set, 'utf8')).replace('Answer: ', 'Answer:  '));
    const changed = await exported('csv', join(folder, 'x'));
    expect(changed.code).toBe(3);
    await cp(kept, set);
    await expect(readFile(join(folder, 'x'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await exported('csv', join(folder, 'x'))).code).toBe(0);
  }, 120_000);
});
