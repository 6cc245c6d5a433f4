import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/node/terminal/exitCodes.ts';
import { dashboardStateSchema } from '../../src/shared/dashboardContract.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { onlyJson, tailor } from './tailor.ts';

/** The practice project with its real student and a few questions of each set. */
async function smallProject(): Promise<string> {
  const root = await temporaryFolder();
  expect((await tailor(['init', '--practice', '.'], root)).code).toBe(EXIT.ok);
  const keep = async (name: string, from: number, to: number): Promise<string> => {
    const rows = (await readFile(join(root, 'data', name), 'utf8')).split('\n').slice(from, to);
    return `${rows.join('\n')}\n`;
  };
  await writeFile(join(root, 'held.jsonl'), await keep('dev.jsonl', 12, 20));
  await writeFile(join(root, 'data/train.jsonl'), await keep('train.jsonl', 0, 6));
  await writeFile(join(root, 'data/dev.jsonl'), await keep('dev.jsonl', 0, 12));
  await writeFile(join(root, 'data/unseen.jsonl'), await keep('unseen.jsonl', 0, 2));
  return root;
}

describe('tailor report and the test set', () => {
  it('examines the test set only when that is meant, counts it, and writes it into every report', async () => {
    const root = await smallProject();
    const map = ['--map', 'question=question,answer=answer,id=id'];
    const imported = await tailor(['import', 'jsonl', 'held.jsonl', '--to', 'test', ...map], root);
    expect(imported.out).toContain('data/test.jsonl: 8 questions');
    expect((await tailor(['exam', '--quiet'], root)).code).toBe(EXIT.ok);
    const unmeant = await tailor(['exam', '--set', 'test'], root);
    expect([unmeant.code, unmeant.out]).toEqual([EXIT.usage, '']);
    expect(unmeant.err).toContain('--set test --look');
    const looked = await tailor(['exam', '--set', 'test', '--look', '--quiet'], root);
    expect(looked.code).toBe(EXIT.ok);
    expect(looked.out).toMatch(/^Test exam of round 0: .* \(\d\/8, 95 %: .*\n.*looked at once/u);
    expect((await tailor(['status'], root)).out).toContain('The test set was looked at once');

    const json = await tailor(['report', '--format', 'markdown', '--json'], root);
    const state = dashboardStateSchema.parse(onlyJson(json));
    expect(state.testLooks?.times).toBe(1);
    expect(state.rounds[0]?.exams.map(({ set, accuracy }) => [set, accuracy.n])).toEqual([
      ['train', 6],
      ['dev', 12],
      ['unseen', 2],
      ['test', 8],
    ]);
    const wrote = await tailor(['report', '--output', 'report.html'], root);
    expect(wrote.out).toBe(`Wrote ${join(root, 'report.html')}.\n`);
    const page = await readFile(join(root, 'report.html'), 'utf8');
    expect(page).toContain('Looked at once');
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org\/2000\/svg)/u);
    const table = await tailor(['report', '--format', 'csv'], root);
    expect(table.out).toMatch(
      /^section,round,set,name,measure,value,low,high,n,note,question,gold,before,answer,step\n/u,
    );
    expect(table.out).toMatch(/^list of exam,0,test,[^,]+,(?:right|wrong),[01],,,1,,/mu);
    expect(table.out).toContain('test,,test,,looks,1,');
  }, 240_000);

  it('says what it cannot compare, and writes nothing then', async () => {
    const root = await smallProject();
    const none = await tailor(['report', '--from', '0', '--to', '1', '--output', 'r.html'], root);
    expect(none.code).toBe(EXIT.project);
    expect(none.err).toContain('Two different rounds with an exam on dev are needed.');
    await expect(readFile(join(root, 'r.html'))).rejects.toThrow();
    const empty = await tailor(['report', '--format', 'markdown'], root);
    expect([empty.code, empty.out]).toEqual([EXIT.ok, expect.stringContaining('No exam yet')]);
  }, 120_000);
});
