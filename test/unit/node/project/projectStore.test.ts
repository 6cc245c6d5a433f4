import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Text } from '../../../../src/core/hash.ts';
import { openRound } from '../../../../src/core/round/state.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import { teacherRecordSchema } from '../../../../src/core/teaching/records.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';
import { atEveryOperation, Died } from '../../../fakes/faultyFs.ts';
import {
  aFrozenRow,
  aManifest,
  lines,
  openStore,
  writeProject,
} from '../../../fakes/projectFolder.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

async function project(): Promise<string> {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  return root;
}

const rows = [aFrozenRow('t0'), aFrozenRow('t1')];
const missing = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => false,
    () => true,
  );

describe('freezing on disk', () => {
  it('hashes the rows and every input, writes the manifest last, and does it once', async () => {
    const root = await project();
    const { store } = openStore(root);
    await store.decide(0, [
      { type: 'hint', author: { kind: 'person', name: 'ada' }, questionId: 't0', hint: 'Slowly.' },
    ]);
    const manifest = await store.freeze(0, rows, aManifest(2));
    const text = await readFile(join(root, 'rounds/0/train.jsonl'), 'utf8');
    expect(text).toBe(lines(rows));
    expect(manifest.trainSha256).toBe(sha256Text(text));
    expect(Object.keys(manifest.inputs)).toEqual([
      'data/dev.jsonl',
      'data/train.jsonl',
      'rounds/0/decisions/ada-1.jsonl',
      'tailor.json',
    ]);
    expect(await store.manifest(0)).toEqual(manifest);
    expect(await store.frozenRows(0)).toEqual(rows);
    await expect(store.freeze(0, [], aManifest(0))).rejects.toMatchObject({ code: 'round.frozen' });
    expect(await readFile(join(root, 'rounds/0/train.jsonl'), 'utf8')).toBe(text);
    await store.close();
  });

  it('refuses a frozen set that was changed afterwards, by a byte or by a whole forged row', async () => {
    const root = await project();
    const { store } = openStore(root);
    const path = join(root, 'rounds/0/train.jsonl');
    await store.freeze(0, rows, aManifest(2));
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('Answer: 4', 'Answer: 5'));
    await expect(store.frozenRows(0)).rejects.toMatchObject({ code: 'round.changed' });
    // Row and hash forged together: the form is still checked.
    const forged = '{"v":1,"id":"t0"}\n';
    await writeFile(path, forged);
    const manifestPath = join(root, 'rounds/0/manifest.json');
    const manifest = (await readFile(manifestPath, 'utf8')).replace(
      sha256Text(text),
      sha256Text(forged),
    );
    await writeFile(manifestPath, manifest);
    await expect(store.frozenRows(0)).rejects.toMatchObject({ code: 'round.changed' });
    await rm(path);
    await expect(store.frozenRows(0)).rejects.toMatchObject({ code: 'store.missing' });
  });

  for (const death of ['dieBefore', 'dieAfter'] as const) {
    it(`fault: freeze interrupted at every operation: ${death}`, async () => {
      const root = await project();
      let whole = 0;
      const struck = await atEveryOperation(death, async (fs) => {
        await rm(join(root, 'rounds'), { recursive: true, force: true });
        const { store } = openStore(root, { fs });
        await store.freeze(0, rows, aManifest(2)).catch((error: unknown) => {
          if (!(error instanceof Died)) throw error;
        });
        const { store: next } = openStore(root);
        const manifest = await next.manifest(0);
        if (manifest === null) {
          // No manifest: the round is not frozen, and freezing it again gives the same bytes.
          await next.freeze(0, rows, aManifest(2));
        } else {
          whole += 1;
        }
        expect(await next.frozenRows(0)).toEqual(rows);
      });
      expect(struck).toBeGreaterThan(10);
      expect(whole).toBeGreaterThan(0);
    }, 90_000);
  }

  it('fault: disk full leaves the round unfrozen, and the next freeze is whole', async () => {
    const root = await project();
    await atEveryOperation('full', async (fs) => {
      await rm(join(root, 'rounds'), { recursive: true, force: true });
      const { store } = openStore(root, { fs });
      const outcome = await store.freeze(0, rows, aManifest(2)).then(
        () => 'done',
        (error: unknown) => error,
      );
      if (outcome === 'done') return;
      expect(outcome).toMatchObject({ code: 'store.diskFull' });
      expect(await openStore(root).store.manifest(0)).toBeNull();
      fs.heal();
      await store.freeze(0, rows, aManifest(2));
      expect(await store.frozenRows(0)).toEqual(rows);
    });
  }, 90_000);
});

describe('a project of several writers', () => {
  it('merges two writers by time and keeps each one’s numbers', async () => {
    const root = await project();
    const clock = fakeClock();
    const ada = openStore(root, { writer: 'ada-1', clock }).store;
    const ben = openStore(root, { writer: 'ben-1', clock }).store;
    const hint = (text: string) =>
      [
        { type: 'hint', author: { kind: 'person', name: 'x' }, questionId: 't0', hint: text },
      ] as const;
    for (const [store, text] of [
      [ada, 'one'],
      [ben, 'two'],
      [ada, 'three'],
    ] as const) {
      await store.decide(0, hint(text));
      clock.set(clock.now() + 1000);
    }
    const events = await openStore(root).store.decisions(0);
    expect(events.map((event) => [event.writer, event.seq, 'hint' in event && event.hint])).toEqual(
      [
        ['ada-1', 0, 'one'],
        ['ben-1', 0, 'two'],
        ['ada-1', 1, 'three'],
      ],
    );
    expect(await ben.decisions(0)).toEqual(events);
    await ada.close();
    await ben.close();
  });

  it('takes no record of another kind for an opinion, whatever was read first', async () => {
    const root = await project();
    const { store } = openStore(root);
    const about = { key: sha256Text('k'), questionId: 't0', purpose: 'review', draw: 0 } as const;
    const spent = { templateId: 'review-1', templateHash: 'h', reservedTokens: 9 };
    const path = join(root, 'rounds/0/teacher/opinions.bob-1.jsonl');
    const journal = await openJournal(path, {
      schema: teacherRecordSchema,
      writer: 'bob-1',
      clock: fakeClock(),
    });
    await journal.append({ type: 'intent', ...about, ...spent, profile: 'p', model: 'm' });
    await journal.close();
    expect(await store.teacherRecords(0)).toMatchObject([{ type: 'intent' }]);
    expect(await store.opinions(0)).toEqual([]);
  });

  it('fault: older / newer schema version: a newer round is refused with its file’s name', async () => {
    const root = await project();
    const { store } = openStore(root);
    await store.saveState(openRound(0, { path: 'models/base', digest: 'x' }));
    const path = join(root, 'rounds/0/round.json');
    const state = await readFile(path, 'utf8');
    await writeFile(path, state.replace('"v": 1', '"v": 12'));
    await expect(store.state(0)).rejects.toMatchObject({
      code: 'store.newerVersion',
      message: expect.stringContaining('rounds/0/round.json'),
    });
    await writeFile(path, state.replace('"v": 1', '"v": "one"'));
    await expect(store.state(0)).rejects.toMatchObject({ code: 'store.io' });
    await writeFile(path, state.slice(0, 20));
    await expect(store.state(0)).rejects.toMatchObject({ code: 'store.io' });
  });

  it('reports bad data lines with file and line, and counts an id once', async () => {
    const root = await project();
    const [first, second] = sums('t', 2, 10);
    const text = `${lines([first])}{"id":"x"}\nnot json\n${lines([first, second])}`;
    await writeFile(join(root, 'data/train.jsonl'), text);
    const { store, bad } = openStore(root);
    expect(await store.questions('train')).toEqual([first, second]);
    expect(bad.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(String(bad[2]?.reason)).toContain('used before');
  });

  it('says that data must be imported where there is none', async () => {
    const root = await project();
    await rm(join(root, 'data/dev.jsonl'));
    await expect(openStore(root).store.questions('dev')).rejects.toMatchObject({
      code: 'data.missing',
      hint: expect.stringContaining('tailor import'),
    });
  });

  it('counts only folders that are numbers as rounds', async () => {
    const root = await project();
    for (const name of ['0', '2', '10', '01', '-1', '1e3', 'x', '..2'])
      await mkdir(join(root, 'rounds', name), { recursive: true });
    expect(await openStore(root).store.rounds()).toEqual([0, 2, 10]);
  });
});

describe('links in a cloned project', () => {
  it.each([
    ['rounds/0', '.git'],
    ['rounds/0', '.vscode'],
    ['rounds', '.git'],
  ])('threat 12: writes nothing where %s is a link to %s', async (link, target) => {
    const root = await project();
    await mkdir(join(root, target), { recursive: true });
    if (link.includes('/')) await mkdir(join(root, 'rounds'));
    await symlink(join(root, target), join(root, link));
    const { store } = openStore(root);
    const state = openRound(0, { path: 'models/base', digest: 'x' });
    await expect(store.saveState(state)).rejects.toMatchObject({ code: 'project.unsafePath' });
    await expect(store.openExam(0, 'dev', 'f'.repeat(64))).rejects.toMatchObject({
      code: 'project.unsafePath',
    });
    await expect(store.freeze(0, rows, aManifest(2))).rejects.toMatchObject({
      code: 'project.unsafePath',
    });
    expect(await missing(join(root, target, 'round.json'))).toBe(true);
    expect(await missing(join(root, target, 'train.jsonl'))).toBe(true);
  });

  it('threat 12: does not follow round.json out of the project', async () => {
    const root = await project();
    const outside = join(await temporaryFolder(), 'profile');
    await writeFile(outside, 'mine');
    await mkdir(join(root, 'rounds/0'), { recursive: true });
    await symlink(outside, join(root, 'rounds/0/round.json'));
    const state = openRound(0, { path: 'models/base', digest: 'x' });
    await expect(openStore(root).store.saveState(state)).rejects.toMatchObject({
      code: 'project.unsafePath',
    });
    expect(await readFile(outside, 'utf8')).toBe('mine');
  });

  it('threat 11: a data path that leads out of the project through a link is not read', async () => {
    const root = await project();
    const outside = join(await temporaryFolder(), 'secret.jsonl');
    await writeFile(outside, lines(sums('s', 1, 10)));
    await rm(join(root, 'data/train.jsonl'));
    await symlink(outside, join(root, 'data/train.jsonl'));
    await expect(openStore(root).store.questions('train')).rejects.toMatchObject({
      code: 'project.unsafePath',
    });
  });
});

it('tells what a run was begun with by the project’s own paths, however its run.json names them', async () => {
  const root = await project();
  const { store } = openStore(root);
  expect(await store.runConfig(0, 'r0-sft-1')).toBeNull();
  const folder = store.runFolder(0, 'r0-sft-1');
  await mkdir(folder, { recursive: true });
  const fixture = new URL('../../../fixtures/run/run.relative.json', import.meta.url);
  const text = await readFile(fixture, 'utf8');
  const own = { model: { path: 'models/base' }, launch: { accelerate: 'accelerate.yaml' } };
  for (const form of [text, text.replaceAll('../../../..', root)]) {
    await writeFile(join(folder, 'run.json'), form);
    expect(await store.runConfig(0, 'r0-sft-1')).toMatchObject(own);
  }
  await writeFile(join(folder, 'run.json'), '{');
  expect(await store.runConfig(0, 'r0-sft-1')).toEqual({});
  await store.close();
});
