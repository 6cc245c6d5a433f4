import { commandContext } from '../../../fakes/commandContext.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRound } from '../../../../src/core/round/state.ts';
import { decide } from '../../../../src/node/commands/review.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { lines, openStore, writeProject } from '../../../fakes/projectFolder.ts';
import { aCandidate } from '../../../fakes/reviewMaterial.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const [question] = sums('q', 1, 1);

/** A project in whose round 0 the teacher has written one rationale. */
async function taught() {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('q', 3, 1), dev: sums('d', 2, 50) });
  if (!question) throw new Error('no question');
  const item = aCandidate(question, '1 + 2 = 3.\nAnswer: 3');
  const { store } = openStore(root);
  const writer = await store.openTeaching(0);
  await writer.append(item);
  await writer.close();
  await store.close();
  const context = commandContext(root);
  return { context, item, decided: () => openStore(root).store.decisions(0) };
}

describe('decide', () => {
  it('lists each candidate with its own words in one line', async () => {
    const { context, item } = await taught();
    const { text } = await decide(context, 'list', { names: [], round: 0 });
    expect(String(text).split('\n')).toEqual([
      'Round 0: 0 accepted, 0 rejected, 1 open.',
      'item, status, question, gate, rationale',
      `${item.itemId.slice(0, 12)}  open      q-0  passed  1 + 2 = 3. / Answer: 3`,
    ]);
  });

  it('lists and takes an item once that the teacher wrote several times', async () => {
    const { context, item } = await taught();
    const { store } = openStore(context.options.folder, { writer: 'bob-1' });
    const writer = await store.openTeaching(0);
    await writer.append({ ...item, key: 'b'.repeat(64), draw: 1 });
    await writer.close();
    expect(await store.items(0)).toHaveLength(2);
    await store.close();
    const { text, json } = await decide(context, 'list', { names: [], round: 0 });
    expect(String(text)).toContain('Round 0: 0 accepted, 0 rejected, 1 open.');
    expect(json).toMatchObject({ items: [{ itemId: item.itemId, gate: 'passed' }] });
    const done = await decide(context, 'accept', { names: [item.itemId], round: 0 });
    expect(String(done.text)).toContain('1 item accepted.');
  });

  it('lists what a person made of it, and says what the gate holds against that', async () => {
    const { context, item } = await taught();
    const file = join(context.options.folder, 'edits.jsonl');
    const rows = [{ itemId: item.itemId.slice(0, 8), rationale: '1 + 2 = 4.\nAnswer: 4' }];
    await writeFile(file, lines(rows));
    const { text } = await decide(context, 'edit', { names: [file], round: 0 });
    expect(String(text).split('\n')).toEqual([
      `${file} line 1: taken as you wrote it, although: Its answer is not the gold answer. An equation in it is false.`,
      '1 decision applied.',
    ]);
    const list = await decide(context, 'list', { names: [], round: 0 });
    expect(String(list.text)).toContain('accepted  q-0  passed  1 + 2 = 4. / Answer: 4');
  });

  it('says in which round the items are', async () => {
    const { context } = await taught();
    const { store } = openStore(context.options.folder);
    await store.saveState(openRound(1, { path: 'models/next', digest: 'x' }));
    await store.close();
    const { text } = await decide(context, 'list', { names: [], round: 1 });
    expect(String(text)).toContain('There are items in round 0 (--round).');
    await expect(decide(context, 'reject', { names: ['x'], round: 1 })).rejects.toMatchObject({
      hint: 'There are items in round 0 (--round).',
    });
  });

  it('rejects one by its shortened id, and says what it did', async () => {
    const { context, item, decided } = await taught();
    const names = [item.itemId.slice(0, 8)];
    const { text } = await decide(context, 'reject', { names, round: 0, reason: 'clumsy' });
    expect(String(text)).toBe('1 item rejected.');
    expect(await decided()).toMatchObject([{ type: 'reject', reason: 'clumsy' }]);
    const after = await decide(context, 'list', { names: [], round: 0 });
    expect(String(after.text)).toContain('0 accepted, 1 rejected, 0 open');
  });
});
