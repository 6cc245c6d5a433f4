import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Text } from '../../src/core/hash.ts';
import { openRound, reduceRound } from '../../src/core/round/state.ts';
import { EXIT } from '../../src/node/terminal/exitCodes.ts';
import { sums } from '../fakes/loopFakes.ts';
import { aProjectFile, lines, openStore, writeProject } from '../fakes/projectFolder.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { onlyJson, tailor } from './tailor.ts';

const OWN = lines(sums('own', 3, 10));

describe('a hostile project', () => {
  const project = async (data: object): Promise<string> => {
    const root = await temporaryFolder();
    const file = aProjectFile();
    await writeFile(join(root, 'tailor.json'), JSON.stringify({ ...file, data }));
    await writeFile(join(root, 'own.jsonl'), OWN);
    return root;
  };

  it.each([
    '.git/hooks/post-checkout',
    '.vscode/settings.json',
    'data/.envrc',
    'AGENTS.md',
    'x.py',
  ])('threat 12: import does not write the data path %s', async (train) => {
    const root = await project({ train, dev: 'data/dev.jsonl' });
    const { code } = await tailor(['import', 'jsonl', 'own.jsonl', '--replace'], root);
    expect(code).toBe(EXIT.project);
    expect((await readdir(root)).sort()).toEqual(['own.jsonl', 'tailor.json']);
  });

  it.each(['.git', '.vscode'])('threat 12: import follows no link to %s', async (target) => {
    const root = await project({ train: 'data/hook', dev: 'data/dev.jsonl' });
    await mkdir(join(root, target));
    await symlink(join(root, target), join(root, 'data'));
    const { code } = await tailor(['import', 'jsonl', 'own.jsonl', '--replace'], root);
    expect(code).toBe(EXIT.project);
    expect(await readdir(join(root, target))).toEqual([]);
  });

  it.each(['.tailor', 'rounds', 'models'])(
    'threat 12: no command works in a project whose %s leads out of it',
    async (name) => {
      const root = await temporaryFolder();
      const outside = await temporaryFolder();
      await writeProject(root, { train: sums('t', 2, 10), dev: sums('d', 1, 10) });
      await symlink(outside, join(root, name));
      for (const command of ['status', 'exam']) {
        expect((await tailor([command], root)).code).toBe(EXIT.project);
      }
      expect(await readdir(outside)).toEqual([]);
    },
  );

  it('threat 11: names no file after an id, whatever the id', async () => {
    const root = await temporaryFolder();
    expect((await tailor(['init', '.', '--student', 'models/mine'], root)).code).toBe(EXIT.ok);
    const ids = ['../../x', '/etc/x', 'CON', '..%2fx', 'a\u0000b', 'x'.repeat(300), '__proto__'];
    const rows = ids.map((id, at) => ({ id, question: `${at} and 1?`, answer: at + 1 }));
    await writeFile(join(root, 'ids.jsonl'), lines(rows));
    const map = 'question=question,answer=answer,id=id';
    const done = await tailor(
      ['import', 'jsonl', 'ids.jsonl', '--map', map, '--to', 'train', '--json'],
      root,
    );
    expect(onlyJson(done)).toMatchObject({ counts: { read: ids.length, kept: ids.length } });
    const files = (await readdir(root, { recursive: true })).sort();
    expect(
      files.filter(
        (path) =>
          !/^(?:ids\.jsonl|tailor\.json|\.gitignore|prompts|data|data\/train\.jsonl|prompts\/(?:annotate|feedback|review)\.md)$/u.test(
            path,
          ),
      ),
    ).toEqual([]);
  });

  it('threat 17: names of files, folders and programs never reach a shell', async () => {
    const folder = await temporaryFolder();
    const canary = join(folder, 'canary');
    const hostile = `$(touch ${canary}); \`touch ${canary}\` && touch ${canary} #`.replaceAll(
      '/',
      '\u2215',
    );
    const name = `x; touch canary; #.jsonl`;
    const root = join(folder, hostile.slice(0, 100));
    expect((await tailor(['init', root, '--student', 'models/mine'], folder)).code).toBe(EXIT.ok);
    await writeFile(join(folder, name), OWN);
    expect((await tailor(['import', 'jsonl', name, '--project', root], folder)).code).toBe(EXIT.ok);
    for (const python of ['$(touch canary)', '-c', '; touch canary']) {
      const doctor = await tailor(['doctor', `--python=${python}`, '--json'], folder);
      expect(onlyJson(doctor)).toMatchObject({ ok: false });
    }
    expect(
      (await readdir(folder)).filter((path) => path.includes('canary') && path !== name),
    ).toEqual([root.slice(folder.length + 1)].filter((path) => path.includes('canary')));
  });

  it('threat 10: ids and texts are shown with every hidden character visible', async () => {
    const root = await temporaryFolder();
    const id = 'q\u001b[2J\u202e\u200b\u009b31m';
    const question = { ...sums('t', 1, 10)[0]!, id, answer: '5' };
    await writeProject(root, { train: [question], dev: [{ ...question, id: `dev ${id}` }] });
    const fingerprint = sha256Text('exam');
    for (const round of [0, 1]) {
      const { store } = openStore(root);
      let state = openRound(round, { path: 'models/base', digest: 'x' });
      for (const [set, of, samples] of [
        ['train', id, 2],
        ['dev', `dev ${id}`, 1],
      ] as const) {
        const exam = await store.openExam(round, set, fingerprint);
        for (let sample = 0; sample < samples; sample += 1) {
          const text = ` 5 it is, no \u001b]0;owned\u0007\nAnswer: ${round === 1 && set === 'dev' ? 5 : 6}`;
          await exam.append({
            questionId: of,
            sample,
            text,
            ids: [1],
            finish: 'eos',
            minMargin: 1,
          });
        }
        await exam.close();
        state = reduceRound(state, {
          type: 'exam-finished',
          set,
          fingerprint,
          questions: 1,
          samples,
        });
      }
      await store.saveState(state);
      const items = await store.openTeaching(round);
      await items.append({
        type: 'item',
        key: sha256Text(`item ${round}`),
        questionId: id,
        purpose: 'annotate',
        draw: 0,
        itemId: `item\u001b[31m${round}`,
        rationale: 'Answer: 5',
        answer: '5',
        firstErrorStep: null,
        errorKind: null,
        why: null,
        about: null,
        flags: [],
        accepted: true,
        reasons: [],
      });
      await items.close();
      await store.close();
    }
    const hidden = /[\p{Cc}\p{Cf}](?<!\n)/u;
    const shown = 'q\\u{1b}[2J\\u{202e}\\u{200b}\\u{9b}31m';
    for (const args of [
      ['audit', '--round', '0'],
      ['decide', 'list', '--round', '0'],
      ['compare'],
    ]) {
      const text = await tailor(args, root);
      expect([args, text.code]).toEqual([args, EXIT.ok]);
      expect(text.out).toContain(shown);
      expect(text.out + text.err).not.toMatch(hidden);
      const json = await tailor([...args, '--json'], root);
      expect(json.out).not.toMatch(hidden);
      expect(JSON.stringify(onlyJson(json))).toContain(JSON.stringify(id).slice(1, -1));
    }
  });
});
