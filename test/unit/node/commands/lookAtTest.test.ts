import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lookSchema } from '../../../../src/core/round/looks.ts';
import { summarise } from '../../../../src/core/round/summary.ts';
import { looksOf, refuseUnmeantTest, sitTest } from '../../../../src/node/commands/lookAtTest.ts';
import { exam } from '../../../../src/node/commands/steps.ts';
import { importData } from '../../../../src/node/commands/importData.ts';
import { loadProject } from '../../../../src/node/project/loadProject.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import { readJournal } from '../../../../src/node/storage/readJournal.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { roundsTable } from '../../../../src/node/terminal/roundsTable.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { lines, writeProject } from '../../../fakes/projectFolder.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const filesOf = async (root: string): Promise<string[]> =>
  (await readdir(join(root, 'rounds'), { recursive: true })).filter((path) =>
    /(?:^|\/)test\.|looks/u.test(path),
  );

describe('the test set', () => {
  it('is examined by no step of the loop, and none of it is trained on', async () => {
    const { root, store, run, sets } = await reportProject();
    // Two of its questions stand in train as well: by id and by text.
    const [first, second] = sets.test;
    const both = [...sets.train, first, { ...second, id: 'other-id' }];
    await writeFile(join(root, 'data', 'train.jsonl'), lines(both));
    await run();
    expect(await filesOf(root)).toEqual([]);
    expect((await store.rounds()).length).toBe(3);
    for (const round of await store.rounds()) {
      expect(Object.keys((await store.state(round))?.exams ?? {})).not.toContain('test');
    }
    const rows = await store.frozenRows(0);
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(({ id }) => id === first?.id || id === 'other-id')).toEqual([]);
    expect(await looksOf(store)).toEqual({ times: 0, last: null });
  });

  it('is looked at on purpose: every look is recorded before the exam, counted and said', async () => {
    const { root, store, ports, student, run } = await reportProject();
    await run();
    const before = student.sat;
    const first = await sitTest(ports, store);
    expect(student.sat - before).toBe(20);
    expect(String(first.text)).toMatch(/^Test exam of round 2: \d+\.\d % \(\d+\/20, 95 %: /u);
    expect(String(first.text)).toContain('looked at once, on ');
    // Looked at again without a question to ask: the numbers are seen again, and that counts.
    const again = await sitTest(ports, store, 2);
    expect(student.sat - before).toBe(20);
    expect(String(again.text)).toContain('The test set was looked at 2 times, last on ');
    await sitTest(ports, store, 1);
    expect(await looksOf(store)).toMatchObject({ times: 3 });
    const journal = await readJournal(join(root, 'rounds/2/looks/ada-1.jsonl'), lookSchema);
    expect(journal.records.map(({ type, student: of }) => [type, of.length])).toEqual([
      ['look', 64],
      ['look', 64],
    ]);
    const summaries = await summarise(store);
    expect(summaries.map(({ looks }) => looks.length)).toEqual([0, 1, 2]);
    const table = String(roundsTable(summaries));
    expect(table).toContain('test exam (greedy)');
    expect(table).toContain('The test set was looked at 3 times');
  });

  it('looks of two writers are counted together, also a look whose exam was stopped', async () => {
    const { root, store, ports, student, run } = await reportProject();
    await run();
    student.limit = student.sat + 5;
    await expect(sitTest(ports, store)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await looksOf(store)).toMatchObject({ times: 1 });
    const path = join(root, 'rounds/2/looks');
    const own = await readFile(join(path, 'ada-1.jsonl'), 'utf8');
    // Another computer's journal comes by a merge of branches.
    const other = await openJournal(join(path, 'bob-1.jsonl'), {
      schema: lookSchema,
      writer: 'bob-1',
      clock: systemClock,
    });
    await other.append({
      type: 'look',
      set: 'test',
      author: { kind: 'person', name: 'bob' },
      student: 'x',
    });
    await other.close();
    expect(await looksOf(store)).toMatchObject({ times: 2 });
    expect(await readFile(join(path, 'ada-1.jsonl'), 'utf8')).toBe(own);
  });

  it('reopens nothing that was built, and changes no digest of a freeze', async () => {
    const { store, ports, run } = await reportProject();
    await run(1);
    await sitTest(ports, store, 1);
    const before = await store.state(1);
    Object.assign(store.project.exam, { maxNewTokens: 31 });
    await sitTest(ports, store, 1);
    const after = await store.state(1);
    expect(after?.exams['test']?.fingerprint).not.toBe(before?.exams['test']?.fingerprint);
    expect([after?.audit, after?.curated, after?.teaching]).toEqual([
      before?.audit,
      before?.curated,
      before?.teaching,
    ]);
    Object.assign(store.project.exam, { maxNewTokens: 32 });
    await run(2);
    const inputs = Object.keys((await store.manifest(1))?.inputs ?? {});
    expect(inputs).toContain('rounds/1/exam/train.ada-1.jsonl');
    expect(inputs.filter((path) => path.includes('test'))).toEqual([]);
  });

  it('is refused where it is not meant, not there, or cannot be read: then nothing counts as a look', async () => {
    expect(() => refuseUnmeantTest({ set: ['test'] })).toThrow(/on purpose only/u);
    expect(() => refuseUnmeantTest({ set: ['dev', 'test'], look: true })).toThrow(/alone/u);
    expect(() => refuseUnmeantTest({ look: true })).toThrow(/alone/u);
    expect(() => refuseUnmeantTest({ set: ['dev'] })).not.toThrow();
    const { root, store, ports, run } = await reportProject();
    await expect(sitTest(ports, store)).rejects.toMatchObject({ code: 'round.notReady' });
    await run(1);
    const context = commandContext(root);
    expect(() => exam(context, { set: ['test'] })).toThrow(/on purpose only/u);
    await rm(join(root, 'data/test.jsonl'));
    await expect(sitTest(ports, store)).rejects.toMatchObject({ code: 'data.missing' });
    expect(await looksOf(store)).toEqual({ times: 0, last: null });
    Object.assign(store.project.data, { test: undefined });
    await expect(sitTest(ports, store)).rejects.toThrow('This project has no test set.');
  });

  it('is imported, and named in tailor.json with everything else as it was written', async () => {
    const root = await temporaryFolder();
    await writeProject(root, { train: sums('t', 3, 1), dev: sums('d', 2, 50) });
    const written = `{"v":1,"name":"Own","task":"numeric","data":{"train":"data/train.jsonl","dev":"data/dev.jsonl"},
      "student":"models/base","teacher":"programmatic","exam":{"maxNewTokens":64},"training":{}}`;
    await writeFile(join(root, 'tailor.json'), written);
    const file = join(root, 'rows.jsonl');
    await writeFile(file, lines(sums('held', 4, 900)));
    const format = { kind: 'mapped', mapping: { question: 'question', answer: 'answer' } } as const;
    await importData(commandContext(root), { file, format, to: 'test', replace: false });
    const { file: project } = await loadProject(root);
    expect(project.data).toMatchObject({ train: 'data/train.jsonl', test: 'data/test.jsonl' });
    const raw: unknown = JSON.parse(await readFile(join(root, 'tailor.json'), 'utf8'));
    const before: unknown = JSON.parse(written);
    expect(raw).toEqual({
      ...Object(before),
      data: { train: 'data/train.jsonl', dev: 'data/dev.jsonl', test: 'data/test.jsonl' },
    });
    expect((await readFile(join(root, 'data/test.jsonl'), 'utf8')).split('\n')).toHaveLength(5);
    await expect(
      importData(commandContext(root), { file, format, to: 'test', replace: false }),
    ).rejects.toMatchObject({ code: 'data.invalid' });
  });
});
