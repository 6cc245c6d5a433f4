import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { findDataLine, openDataLine } from '../../../../src/vscode/webviews/dataLine.ts';
import { RecordFiles } from '../../../../src/vscode/webviews/recordFiles.ts';
import { recordUri, type RecordPart } from '../../../../src/vscode/webviews/recordPart.ts';
import { reviewActions } from '../../../../src/vscode/webviews/reviewActions.ts';
import type { FakePeer } from '../../../fakes/reviewPeer.ts';
import { peerFactory, recordWith } from '../../../fakes/reviewPeer.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, resetVscode } from '../../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

const HOSTILE = 'Step 1\u202e.\n```\n# [x](command:evil)\n<img src=x>\u200b\x1b[31m';

async function files(texts: Parameters<typeof recordWith>[0]) {
  const texted = { now: texts };
  const factory = peerFactory(() => recordWith(texted.now));
  const noActions = {
    run: () => Promise.resolve(),
    open: () => Promise.resolve(),
    focus: () => undefined,
    strings: () => ({}),
    said: String,
  };
  const outside = {
    trusted: true,
    job: null,
    teacherReady: true,
    paced: null,
    singleKeys: true,
  };
  await factory.open({ root: '/p', actions: noActions, outside });
  const peer: FakePeer = factory.opened[0]!;
  let clock = 1000;
  const provider = new RecordFiles(
    { peerOf: (root) => Promise.resolve(root === '/p' ? peer : null) },
    () => clock++,
  );
  return { provider, peer, texted };
}

const named = (part: RecordPart['part'], more: Partial<RecordPart> = {}): vscode.Uri =>
  recordUri({ root: '/p', round: 0, id: 'q-1', part, candidate: 'c-1', sample: 2, ...more }, 'q-1');
const textOf = async (provider: RecordFiles, uri: vscode.Uri): Promise<string> =>
  Buffer.from(await provider.readFile(uri)).toString('utf8');

beforeEach(resetVscode);

describe('items as documents', () => {
  it('threat 10: show hidden characters of every text they hold', async () => {
    const { provider } = await files({ attempt: HOSTILE, rationale: HOSTILE, original: HOSTILE });
    for (const part of ['record', 'attempt', 'candidate', 'original'] as const) {
      const text = await textOf(provider, named(part));
      expect(text, part).toContain('\\u{202e}');
      expect(text, part).not.toMatch(/\p{Cf}/u);
      expect(text, part).not.toContain('\u001b');
    }
  });

  it('threat 7: hold every text in a code block that it cannot end', async () => {
    const { provider } = await files({ attempt: HOSTILE, rationale: HOSTILE });
    const lines = (await textOf(provider, named('record'))).split('\n');
    let fence: string | null = null;
    const outside = lines.filter((line) => {
      if (fence !== null && line === fence) fence = null;
      else if (fence === null && /^`{3,}text$/u.test(line)) fence = line.slice(0, -4);
      else return fence === null;
      return false;
    });
    expect(fence).toBeNull();
    expect(lines.join('\n')).toContain('command:evil');
    expect(outside.join('\n')).not.toMatch(/command:|<img/u);
  });

  it('say what Review says, not what the files do', async () => {
    const { provider } = await files({ attempt: 'a', rationale: 'r' });
    const text = await textOf(provider, named('record'));
    expect(text).toContain('## Rationale 1 (teacher’s own solution, to review)');
    expect(text).toContain('## Attempt 3 (wrong, × 4)');
  });

  it('show the choices of a question, which of them is the gold and what each attempt picked', async () => {
    const { provider } = await files({
      attempt: 'a',
      rationale: 'b',
      choices: [
        { letter: 'a', text: 'a pen', gold: false },
        { letter: 'b', text: 'a `blotter`\n# x', gold: true },
      ],
    });
    const text = await textOf(provider, named('record'));
    expect(text).toContain("## Choices\n\n- `(a) a pen`\n- `(b) a 'blotter' # x` · gold\n");
    expect(text).toContain('```text\n(b) a `blotter`\n# x\n```');
    expect(text).toContain('- answers `(a) a pen`');
    const { provider: plain } = await files({ attempt: 'a', rationale: 'b' });
    expect(await textOf(plain, named('record'))).not.toContain('Choices');
  });

  it('can be read only, but for the one kind that is an edit', async () => {
    const { provider, peer } = await files({ attempt: 'a', rationale: 'We add.\n#### 8' });
    for (const part of ['record', 'attempt', 'candidate', 'original'] as const) {
      expect((await provider.stat(named(part))).permissions).toBe(1);
      await expect(provider.writeFile(named(part), Buffer.from('x'))).rejects.toMatchObject({
        code: 'NoPermissions',
      });
    }
    expect((await provider.stat(named('edit'))).permissions).toBeUndefined();
    await provider.writeFile(named('edit'), Buffer.from('We add 4.\r\n#### 8\n'));
    expect(peer.decided).toEqual([
      {
        round: 0,
        id: 'q-1',
        act: { type: 'edit', candidate: 'c-1', rationale: 'We add 4.\n#### 8' },
      },
    ]);
  });

  it('move their time only when their text does, so that a change elsewhere is noticed', async () => {
    const { provider, texted } = await files({ attempt: 'a', rationale: 'one' });
    const first = await provider.stat(named('edit'));
    expect(await provider.stat(named('edit'))).toEqual(first);
    texted.now = { attempt: 'a', rationale: 'three' };
    const second = await provider.stat(named('edit'));
    expect(second.mtime).toBeGreaterThan(first.mtime);
    expect(second.size).toBe(5);
  });

  it('are not found where the item, the project or the name is not ours', async () => {
    const { provider } = await files({ attempt: 'a', rationale: 'r' });
    const missing = { code: 'FileNotFound' };
    await expect(provider.stat(named('attempt', { sample: 9 }))).rejects.toMatchObject(missing);
    await expect(provider.stat(named('edit', { candidate: 'x' }))).rejects.toMatchObject(missing);
    const bad = named('edit');
    Object.assign(bad, { query: '{"root":1}' });
    await expect(provider.stat(bad)).rejects.toMatchObject(missing);
    await expect(provider.stat(named('edit', { root: '/other' }))).rejects.toMatchObject({
      code: 'Unavailable',
    });
  });

  it('threat 11: are never named by an id', () => {
    const uri = recordUri(
      { root: '/p', round: 0, id: '../../x', part: 'edit', candidate: null, sample: null },
      '../..\\x\u202e?#',
    );
    expect(uri.path).toBe('/.. .. x u{202e}  .txt');
  });
});

describe('what a view opens', () => {
  const actions = (root: string) =>
    reviewActions({
      root,
      reload: () => undefined,
      openBadLine: () => Promise.resolve(),
      showInPanel: () => undefined,
      strings: () => ({}),
    });
  const target = { round: 0, id: 'q-1', candidate: 'c-1', sample: 2 };

  it('compares an attempt with a rationale, and an edit with its original, in the diff editor', async () => {
    await actions('/p').open({ ...target, how: 'diff' });
    await actions('/p').open({ ...target, how: 'my-edit' });
    const parts = editor.executed.map(({ id, args }) => [
      id,
      ...args.slice(0, 2).map((uri) => {
        const { query } = uri as { query: string };
        return (JSON.parse(query) as { part: string }).part;
      }),
    ]);
    expect(parts).toEqual([
      ['vscode.diff', 'attempt', 'candidate'],
      ['vscode.diff', 'original', 'edit'],
    ]);
    const nothing = actions('/p').open({ ...target, how: 'diff', candidate: null });
    await expect(nothing).rejects.toMatchObject({ code: 'usage' });
  });

  it('finds the row of a question in the data, however its id is spelled', async () => {
    const root = join(await temporaryFolder(), 'p');
    await mkdir(root);
    await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
    const row = (id: string): string => `{"id":${id},"question":"q","answer":"1"}`;
    const path = join(root, 'data', 'train.jsonl');
    await writeFile(
      path,
      [row('"a"'), 'not json "b"', row('"\\u0062"'), row('"d\\/e"'), ''].join('\n'),
    );
    expect(await findDataLine(root, 'b')).toMatchObject({ line: 2, path });
    expect(await findDataLine(root, 'd/e')).toMatchObject({ line: 3, path });
    expect(await findDataLine(root, 'c')).toBeNull();
    await openDataLine(root, 'b');
    expect(editor.documents.map((one) => one.path)).toEqual([path]);
  });

  it('makes no text document of a data file over 5 MB, and leads to the Dataset Editor', async () => {
    const root = join(await temporaryFolder(), 'p');
    await mkdir(root);
    await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
    const filler = `{"id":"x","question":"${'y'.repeat(1 << 20)}","answer":"1"}\n`;
    const last = '{"id":"z","question":"q","answer":"1"}\n';
    await writeFile(join(root, 'data', 'train.jsonl'), filler.repeat(6) + last);
    await openDataLine(root, 'z');
    expect(editor.documents).toEqual([]);
    const target = { scheme: 'file', fsPath: join(root, 'data', 'train.jsonl'), line: 7 };
    expect(editor.executed).toEqual([{ id: 'tailor.openDataset', args: [target] }]);
  });
});
