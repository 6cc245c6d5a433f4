import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GOLD_RULE } from '../../../../src/core/curation/goldRule.ts';
import type { ACTIONS } from '../../../../src/node/commands/review.ts';
import { decide } from '../../../../src/node/commands/review.ts';
import { examinedProject } from '../../../fakes/examinedProject.ts';
import { lines, openStore } from '../../../fakes/projectFolder.ts';
import { openWindow } from '../../../fakes/reviewWindow.ts';

async function examined() {
  const project = await examinedProject();
  const run = async (action: (typeof ACTIONS)[number], rule?: string): Promise<string> => {
    const options = { names: [], round: 0, ...(rule === undefined ? {} : { rule }) };
    return String((await decide(project.context, action, options)).text);
  };
  return { ...project, run };
}

it('takes nothing back that the person did not do', async () => {
  const { root, run, decided } = await examined();
  const before = await decided();
  expect(before.map(({ author }) => author.name)).toEqual([GOLD_RULE, GOLD_RULE]);

  expect(await run('undo')).toBe('There is nothing to take back.');
  expect(await decided()).toEqual(before);
  const window = await openWindow(root);
  expect(window.service.snapshot().undo).toBeNull();
  expect(await window.ask('undo', { round: null })).toMatchObject({ id: null });
  expect(await decided()).toEqual(before);
});

it('takes back at once what a rule decided at the person’s request, in Review too', async () => {
  const { root, run, decided } = await examined();
  expect(await run('accept', 'gate-accept')).toBe('2 items accepted by gate-accept.');
  const window = await openWindow(root);
  expect(window.service.snapshot().undo).toBe('Accept 2 items');
  await window.service.dispose();

  expect(await run('undo')).toBe('Took back: Accept 2 items (gate-accept).');
  expect(await run('undo')).toBe('There is nothing to take back.');
  const undone = (await decided()).filter(({ type }) => type === 'undo');
  expect(undone).toHaveLength(1);
  expect(await run('redo')).toBe('Brought back: Accept 2 items (gate-accept).');
});

it('names a file of unlike decisions as what it was', async () => {
  const { root, context, run, decided } = await examined();
  const [item] = await openStore(root).store.items(0);
  const file = join(root, 'decisions.jsonl');
  const rationale = '1 + 1 = 2.\nAnswer: 2';
  const rows = [
    { questionId: 'q-2', rationale },
    { itemId: item?.itemId, rationale },
    { questionId: 'q-2', gold: '2', reason: 'counted' },
  ];
  await writeFile(file, lines(rows));
  const text = String((await decide(context, 'edit', { names: [file], round: 0 })).text);
  expect(text).toContain('3 decisions applied.');
  expect(await run('undo')).toMatch(/^Took back: 3 decisions on 2 items \(/u);
  expect((await decided()).filter(({ type }) => type === 'undo')).toHaveLength(3);
});
