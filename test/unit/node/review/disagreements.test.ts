import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decisionSchema, type Decision } from '../../../../src/core/curation/decision.ts';
import type { Clock } from '../../../../src/core/ports.ts';
import { freezePreview } from '../../../../src/core/round/freezePreview.ts';
import { decide } from '../../../../src/node/commands/review.ts';
import { status } from '../../../../src/node/commands/status.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { openWindow, reviewOf } from '../../../fakes/reviewWindow.ts';

const ID = 'bench-000005';
const ben = { kind: 'person', name: 'ben' } as const;

/** What comes with a pull: another person's decisions, made without this project's. */
async function pulled(
  root: string,
  decisions: readonly Decision[],
  clock: Clock = systemClock,
): Promise<void> {
  const path = join(root, 'rounds', '0', 'decisions', 'pcb-1.jsonl');
  const open = { schema: decisionSchema, writer: 'pcb-1', clock };
  const journal = await openJournal(path, open);
  for (const decision of decisions) await journal.append(decision);
  await journal.close();
}

it('shows what people disagree on until somebody decides again, in every window and in the terminal', async () => {
  const window = await reviewOf(20);
  const { root, service } = window;
  const act = { type: 'accept' } as const;
  await window.ask('decide', { id: ID, act, round: 0, seen: null });
  const [candidate] = (await window.ask('record', { id: ID })).candidates;
  const items = [{ questionId: ID, itemId: candidate?.id ?? '' }];
  expect(service.snapshot().disagreed).toBe(0);
  await pulled(root, [{ type: 'reject', author: ben, items, reason: 'wordy' }]);
  await service.refresh();

  expect(service.snapshot().disagreed).toBe(1);
  expect(await window.query({ scope: 'all', flags: ['disagreed'] })).toEqual([ID]);
  const { disagreements, row } = await window.ask('record', { id: ID });
  expect(row.status).toBe('rejected');
  expect(disagreements).toMatchObject([
    {
      matter: 'rationale',
      place: 1,
      voices: [
        { what: 'Accepted a rationale.', holds: false },
        { by: 'ben', what: 'Rejected a rationale.', reason: 'wordy', holds: true },
      ],
    },
  ]);
  const context = { ...commandContext(root), clock: systemClock };
  const listed = await decide(context, 'disagreements', { names: [], round: 0 });
  expect(String(listed.text)).toContain('People disagree on 1 question of round 0.');
  expect(String(listed.text)).toMatch(/^ {2}\* ben, .*: Rejected a rationale\. \(wordy\)$/mu);
  expect(listed.json).toMatchObject({
    disagreements: [
      { questionId: ID, matter: 'rationale', voices: [{ holds: false }, { by: 'ben' }] },
    ],
  });
  const stands = await status(context);
  expect(String(stands.text)).toContain('People disagree on 1 question of round 0.');
  expect(stands.json).toMatchObject({ disagreements: [{ round: 0, questions: 1 }] });
  const { session } = await service.ready();
  const preview = await freezePreview(session.store, 0);
  expect(preview.disagreed).toBe(1);
  expect(preview.warnings.map(String)).toContain(
    'People disagree on 1 question: the newest word counts until somebody decides again.',
  );

  // The same word again settles it: it is the first that was said with both in sight.
  await window.ask('decide', { id: ID, act: { type: 'reject' }, round: 0, seen: null });
  expect(service.snapshot().disagreed).toBe(0);
  expect((await window.ask('record', { id: ID })).disagreements).toEqual([]);
  const anew = await openWindow(root);
  expect((await anew.ask('record', { id: ID })).disagreements).toEqual([]);
  expect((await freezePreview(session.store, 0)).disagreed).toBe(0);
  // Taken back, it settles nothing.
  await window.ask('undo', { round: 0 });
  expect((await window.ask('record', { id: ID })).disagreements).toHaveLength(1);

  // So does a decision in the terminal.
  await decide(context, 'accept', { names: [items[0]?.itemId ?? ''], round: 0 });
  await service.refresh();
  const after = await window.ask('record', { id: ID });
  expect([after.row.status, after.disagreements]).toEqual(['accepted', []]);
  const none = await decide(context, 'disagreements', { names: [], round: 0 });
  expect(String(none.text)).toContain('people agree');
});

it('lets a word that knows of another count, also where the other computer’s clock is ahead', async () => {
  const window = await reviewOf(20);
  const { root, service } = window;
  const [candidate] = (await window.ask('record', { id: ID })).candidates;
  const items = [{ questionId: ID, itemId: candidate?.id ?? '' }];
  const ahead = { ...systemClock, now: () => systemClock.now() + 3_600_000 };
  await pulled(root, [{ type: 'reject', author: ben, items }], ahead);
  await service.refresh();
  const act = { type: 'accept', candidate: items[0]?.itemId ?? '' } as const;
  await window.ask('decide', { id: ID, act, round: 0, seen: null });
  // What follows without knowing of anybody comes behind it all the same.
  await window.ask('decide', { id: ID, act: { ...act, type: 'reject' }, round: 0, seen: null });
  await window.ask('decide', { id: ID, act, round: 0, seen: null });
  for (const one of [window, await openWindow(root)]) {
    const record = await one.ask('record', { id: ID });
    expect([record.row.status, record.disagreements]).toEqual(['accepted', []]);
  }
});
