import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freezePreview } from '../../../../src/core/round/freezePreview.ts';
import { curationUpTo } from '../../../../src/core/round/curationUpTo.ts';
import { gradedTrainAttempts } from '../../../../src/core/round/gradedTrain.ts';
import { freezeStep } from '../../../../src/core/round/freezeStep.ts';
import { verifyFrozen } from '../../../../src/core/round/verifyFrozen.ts';
import { trainQuestions } from '../../../../src/core/round/exam.ts';
import { apply } from '../../../../src/node/commands/apply.ts';
import { decide } from '../../../../src/node/commands/review.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';
import { examinedProject } from '../../../fakes/examinedProject.ts';
import { lines, openStore } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

/** A project where the gold of q-0 and the question of q-1 were corrected in round 0. */
async function corrected() {
  const project = await examinedProject();
  const { root, context } = project;
  const data = join(root, 'data', 'train.jsonl');
  const file = join(await temporaryFolder(), 'rows.jsonl');
  const reason = 'it is wrong';
  await writeFile(
    file,
    lines([
      { questionId: 'q-0', gold: '99', reason },
      { questionId: 'q-1', question: 'What is 2 plus 3, in all?', reason },
    ]),
  );
  await decide(context, 'edit', { names: [file], round: 0 });
  return { ...project, data, before: await readFile(data, 'utf8') };
}

/** All that a round is made of. */
async function whatCounts(root: string) {
  const { store } = openStore(root);
  const curation = await curationUpTo(store, 0);
  return {
    curation,
    questions: (await trainQuestions({ store }, curation)).map((one) => ({
      ...one,
      equation: null,
    })),
    graded: await gradedTrainAttempts(store, 0, curation),
    preview: await freezePreview(store, 0),
  };
}

describe('tailor apply', () => {
  it('says what would change, changes it, and has nothing left to do', async () => {
    const { context, data, before } = await corrected();
    const preview = await apply(context, { preview: true });
    expect(String(preview.text).split('\n')).toEqual([
      'Rows that change in data/train.jsonl: 2 (questions: 1, gold answers: 1).',
      'Equations that do not give the answer any more and are removed: 1.',
      expect.stringMatching(/^Equations of changed questions that still give the answer: 1\./u),
      'Nothing is written yet: tailor apply writes it.',
    ]);
    expect(preview.json).toMatchObject({ file: 'data/train.jsonl', written: false, left: [] });
    expect(await readFile(data, 'utf8')).toBe(before);
    const done = await apply(context, {});
    expect(done.json).toMatchObject({ written: true, rows: [{ id: 'q-0' }, { id: 'q-1' }] });
    const [first, second, third] = before.split('\n');
    expect(await readFile(data, 'utf8')).toBe(
      [
        first?.replace(/"answer":"\d+"/u, '"answer":"99"').replace(/,"equation":"[^"]*"/u, ''),
        second?.replace('plus 3?', 'plus 3, in all?'),
        third,
        '',
      ].join('\n'),
    );
    const again = await apply(context, {});
    expect(String(again.text)).toContain('no edit of Review is to be written');
    expect(again.json).toMatchObject({ written: false, rows: [] });
  });

  it('changes nothing of what counts: the decisions stay an overlay on the older rows', async () => {
    const { root, context, data, before } = await corrected();
    const counted = await whatCounts(root);
    expect(counted.curation.gold.get('q-0')).toBe('99');
    await apply(context, {});
    expect(await readFile(data, 'utf8')).not.toBe(before);
    expect(await whatCounts(root)).toEqual(counted);
  });

  it('leaves a frozen round what it was made from, though the data say something newer', async () => {
    const { root, context } = await examinedProject();
    await decide(context, 'accept', { names: [], rule: 'gate-accept', round: 0 });
    const { store } = openStore(root);
    const state = await store.state(0);
    if (!state) throw new Error('no round');
    await freezeStep({ store, clock: fakeClock() }, state);
    const rows = await store.frozenRows(0);
    expect(rows.length).toBeGreaterThan(0);
    const file = join(await temporaryFolder(), 'rows.jsonl');
    const reason = 'it is wrong';
    const [id, ...others] = rows.map((row) => row.id);
    const late = [
      { questionId: id, gold: '99', reason },
      ...others.map((questionId) => ({ questionId, question: `Say: ${questionId}?`, reason })),
    ];
    await writeFile(file, lines(late));
    await decide(context, 'edit', { names: [file], round: 0 });
    expect((await apply(context, {})).json).toMatchObject({ written: true });
    await verifyFrozen(openStore(root).store, 0, rows);
    // The same change by hand, with no decision behind it, is not what the set was made from.
    const data = join(root, 'data', 'train.jsonl');
    await writeFile(data, (await readFile(data, 'utf8')).replace('"99"', '"98"'));
    await expect(verifyFrozen(openStore(root).store, 0, rows)).rejects.toMatchObject({
      code: 'round.changed',
    });
  });

  it('leaves what the file says otherwise by now, and names it', async () => {
    const { context, data, before } = await corrected();
    const [first = '', second, third] = before.split('\n');
    const edited = first.replace(/"answer":"\d+"/u, '"answer":"77"');
    await writeFile(data, [edited, third, ''].join('\n'));
    const { text, json } = await apply(context, {});
    expect(json).toMatchObject({ written: false, rows: [] });
    expect(String(text)).toContain('Line 1, q-0: the answer is 77, and the edit was made for 3.');
    expect(String(text)).toContain('q-1: no row has this id.');
    expect(await readFile(data, 'utf8')).toBe([edited, third, ''].join('\n'));
    expect(second).toContain('q-1');
  });

  it('threat 12: writes no data file that lies where Tailor does not write', async () => {
    const { root, context } = await corrected();
    const path = join(root, 'tailor.json');
    const text = (await readFile(path, 'utf8')).replace('data/train.jsonl', '.vscode/train.jsonl');
    await writeFile(path, text);
    await expect(apply(context, {})).rejects.toMatchObject({ code: 'project.unsafePath' });
  });
});
