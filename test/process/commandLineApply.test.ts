import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/node/terminal/exitCodes.ts';
import { sums } from '../fakes/loopFakes.ts';
import { lines } from '../fakes/projectFolder.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { onlyJson, tailor } from './tailor.ts';

/** A project with data of its own in which a gold answer and a question were corrected. */
async function corrected() {
  const root = await temporaryFolder();
  const run = async (...args: string[]) => {
    const done = await tailor(args, root);
    expect([args, done.code, done.err]).toEqual([args, EXIT.ok, '']);
    return done;
  };
  await run('init', '.', '--student', 'models/mine');
  await writeFile(join(root, 'all.jsonl'), lines(sums('q', 6, 10)));
  await run('import', 'jsonl', 'all.jsonl', '--to', 'train');
  await writeFile(join(root, 'dev.jsonl'), lines(sums('d', 3, 90)));
  await run('import', 'jsonl', 'dev.jsonl', '--to', 'dev');
  const reason = 'misprint';
  const rows = [
    { questionId: 'q-1', gold: '41', reason },
    { questionId: 'q-1', gold: '42', reason },
    { questionId: 'q-3', question: 'What is 13 plus 5, all in all?', reason },
    { questionId: 'q-4', gold: '7', reason },
  ];
  await writeFile(join(root, 'rows.jsonl'), lines(rows));
  await run('decide', 'edit', 'rows.jsonl', '--round', '0');
  const data = join(root, 'data', 'train.jsonl');
  return { root, run, data, before: await readFile(data, 'utf8') };
}

describe('tailor apply', () => {
  it('writes the newest corrections into their rows and not a byte elsewhere', async () => {
    const { run, data, before } = await corrected();
    // Somebody has mended this row by hand meanwhile.
    const edited = before.replace('"answer":"20"', '"answer":"21"');
    expect(edited).not.toBe(before);
    await writeFile(data, edited);
    const preview = await run('apply', '--preview');
    expect(preview.out).toContain(
      'Rows that change in data/train.jsonl: 2 (questions: 1, gold answers: 1).',
    );
    expect(preview.out).toContain('Nothing is written yet');
    expect(preview.out).toContain('q-4: the answer is 21, and the edit was made for 20.');
    expect(await readFile(data, 'utf8')).toBe(edited);
    const done = onlyJson(await run('apply', '--json'));
    expect(done).toMatchObject({
      file: 'data/train.jsonl',
      written: true,
      rows: [
        { id: 'q-1', answer: { was: '14', answer: '42' }, equation: 'removed' },
        { id: 'q-3', question: { text: 'What is 13 plus 5, all in all?' }, equation: 'kept' },
      ],
      left: [{ id: 'q-4', why: 'answer', says: '21', was: '20' }],
    });
    const expected = edited
      .replace('"answer":"14","equation":"11 + 3"', '"answer":"42"')
      .replace('What is 13 plus 5?', 'What is 13 plus 5, all in all?');
    expect(await readFile(data, 'utf8')).toBe(expected);
    expect(onlyJson(await run('apply', '--json'))).toMatchObject({ written: false, rows: [] });
    // What counts is what the decisions say, before and after.
    const list = await run('decide', 'list', '--round', '0');
    expect(list.out).toContain('the teacher has written nothing yet');
  });

  it('writes nothing where the data lie where Tailor does not write, and ends with the project’s code', async () => {
    const { root } = await corrected();
    const path = join(root, 'tailor.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('data/train.jsonl', '.git/train.jsonl'));
    const { code, err } = await tailor(['apply'], root);
    expect(code).toBe(EXIT.project);
    expect(err).toContain('not a place where Tailor writes');
  });
});
