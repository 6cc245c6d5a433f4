import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EXPORT_NAMES } from '../../../../src/core/exporting/formats.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import { exportSet } from '../../../../src/node/commands/exportSet.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { readCsv, RECORDS } from '../../../fakes/exportChecks.ts';
import { untilFreeze } from '../../../fakes/untilFreeze.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

async function frozen(rounds = 1) {
  const made = await reportProject({ rounds });
  await made.run();
  const folder = await temporaryFolder();
  return { ...made, folder, rows: await made.store.frozenRows(0) };
}

const lines = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');

describe('tailor export', () => {
  it('writes every text of the set once in every format, and says how many', async () => {
    const { root, folder, rows } = await frozen();
    const positives = rows.flatMap((row) => row.positives).length;
    const pairs = rows.reduce((all, row) => all + row.positives.length * row.negatives.length, 0);
    expect(pairs).toBeGreaterThan(0);
    for (const format of EXPORT_NAMES.filter((name) => name !== 'trl-stepwise')) {
      const out = join(folder, `${format}.data`);
      const { text, json } = await exportSet(commandContext(root), { format, out });
      const whole = await readFile(out, 'utf8');
      if (format === 'csv') {
        const negatives = rows.flatMap((row) => row.negatives).length;
        expect(readCsv(whole)).toHaveLength(1 + positives + negatives);
        continue;
      }
      const values: unknown = whole.startsWith('[')
        ? JSON.parse(whole)
        : (await lines(out)).map((line): unknown => JSON.parse(line));
      const parsed = RECORDS[format].array().parse(values);
      expect(parsed, format).toHaveLength(format.includes('preference') ? pairs : positives);
      expect(json).toMatchObject({ records: parsed.length, rounds: [0], questions: rows.length });
      expect(String(text)).toContain(String(parsed.length));
    }
    const info = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(await readFile(join(folder, 'dataset_info.json'), 'utf8')));
    expect(Object.keys(info).sort()).toEqual(
      ['alpaca', 'alpaca-preference', 'sharegpt', 'sharegpt-preference'].sort(),
    );
  });

  it('writes steps of what a person marked before the freeze, and of nothing else', async () => {
    const made = await reportProject({ rounds: 1 });
    const mark = async (of: string): Promise<void> => {
      const attempt = (await made.store.attempts(0, 'train')).find(
        ({ questionId, text }) => questionId === of && text !== '',
      );
      if (!attempt) throw new Error(`no attempt at ${of}`);
      const decision: Decision = {
        type: 'first-error',
        author: { kind: 'person', name: 'ana' },
        questionId: of,
        sample: attempt.sample,
        fingerprint: attempt.fingerprint,
        textHash: sha256Text(attempt.text),
        step: 1,
        errorKind: 'arithmetic',
      };
      await made.store.decide(0, [decision]);
    };
    await untilFreeze(made.ports);
    const questions = made.sets.train.map(({ id }) => id);
    const early = questions.slice(0, 20);
    for (const id of early) await mark(id);
    await made.run();
    for (const id of questions.slice(20)) await mark(id);
    const out = join(await temporaryFolder(), 'steps.jsonl');
    const { json } = await exportSet(commandContext(made.root), { format: 'trl-stepwise', out });
    const records = (await lines(out)).map((line) =>
      RECORDS['trl-stepwise'].parse(JSON.parse(line)),
    );
    const rows = await made.store.frozenRows(0);
    const wrong = rows.filter(({ id, negatives }) => early.includes(id) && negatives.length > 0);
    expect(wrong.length).toBeGreaterThan(0);
    expect(records.filter(({ labels }) => labels.includes(false))).toHaveLength(wrong.length);
    const prompts = new Set(records.map(({ prompt }) => prompt));
    expect(prompts).toEqual(new Set(wrong.map(({ prompt }) => prompt)));
    const unmarked = rows.filter(
      ({ id, negatives }) => !early.includes(id) && negatives.length > 0,
    );
    expect(json).toMatchObject({ leftOut: { 'no mark': unmarked.length } });
  });

  it('writes nothing where nobody marked a step, and says so', async () => {
    const { root, folder } = await frozen();
    const out = join(folder, 'steps.jsonl');
    const going = exportSet(commandContext(root), { format: 'trl-stepwise', out });
    await expect(going).rejects.toMatchObject({
      code: 'data.missing',
      hint: expect.stringMatching(
        /nobody marked .* Mark the first wrong step of a mistake in Review before/u,
      ) as string,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('says that a folder is missing, and which', async () => {
    const { root, folder } = await frozen();
    const out = join(folder, 'no', 'a.jsonl');
    await expect(exportSet(commandContext(root), { format: 'trl-sft', out })).rejects.toMatchObject(
      {
        code: 'store.missing',
        message: `There is no folder ${join(folder, 'no')}.`,
        hint: 'Make the folder first, or choose another place.',
      },
    );
  });

  it('writes over nothing without force, over it with force, and leaves no half file', async () => {
    const { root, folder } = await frozen();
    const out = join(folder, 'a.jsonl');
    await writeFile(out, 'mine');
    const asked = { format: 'trl-sft', out } as const;
    await expect(exportSet(commandContext(root), asked)).rejects.toMatchObject({ code: 'usage' });
    expect(await readFile(out, 'utf8')).toBe('mine');
    await exportSet(commandContext(root), { ...asked, force: true });
    expect(await readFile(out, 'utf8')).toContain('"completion"');
    const stopped = { ...commandContext(root), signal: AbortSignal.abort() };
    const before = await readFile(out, 'utf8');
    await expect(exportSet(stopped, { format: 'csv', out, force: true })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await readFile(out, 'utf8')).toBe(before);
    const controller = new AbortController();
    const between = {
      ...commandContext(root),
      signal: controller.signal,
      report: () => controller.abort(),
    };
    await expect(
      exportSet(between, { format: 'csv', out: join(folder, 'b.csv') }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(folder)).toEqual(['a.jsonl']);
  });

  it('refuses a set that was changed, a round that is not frozen, and the project’s own files', async () => {
    const { root, folder, store } = await frozen();
    const refuses = (out: string, code: string, round = 0) =>
      expect(
        exportSet(commandContext(root), { format: 'alpaca', out, round: [round], force: true }),
        out,
      ).rejects.toMatchObject({ code });
    await mkdir(join(root, '.git'));
    for (const place of [
      'rounds/0/train.jsonl',
      'tailor.json',
      'data/train.jsonl',
      '.git/x.json',
    ]) {
      const kept = await readFile(join(root, place), 'utf8').catch(() => null);
      await refuses(join(root, place), 'project.unsafePath');
      expect(await readFile(join(root, place), 'utf8').catch(() => null)).toBe(kept);
    }
    await refuses(join(folder, 'dataset_info.json'), 'usage');
    await refuses(join(folder, 'x.json'), 'round.notFrozen', 7);
    const set = store.roundFolder(0, 'train.jsonl');
    await writeFile(set, (await readFile(set, 'utf8')).replace('Answer: ', 'Answer:  '));
    await refuses(join(folder, 'x.json'), 'round.changed');
    expect(await readdir(folder)).toEqual([]);
  });

  it('writes several rounds into one file, each row once', async () => {
    const { root, folder, store } = await frozen(2);
    const out = join(folder, 'all.jsonl');
    const { json } = await exportSet(commandContext(root), { format: 'trl-sft', out, all: true });
    const all = [...(await store.frozenRows(0)), ...(await store.frozenRows(1))].flatMap((row) =>
      row.positives.map(({ completion }) => JSON.stringify({ prompt: row.prompt, completion })),
    );
    expect(await lines(out)).toEqual([...new Set(all)]);
    expect(json).toMatchObject({
      rounds: [0, 1],
      records: new Set(all).size,
      duplicates: all.length - new Set(all).size,
    });
    const newest = join(folder, 'newest.jsonl');
    const { json: last } = await exportSet(commandContext(root), {
      format: 'trl-sft',
      out: newest,
    });
    expect(last).toMatchObject({ rounds: [1] });
  });
});
