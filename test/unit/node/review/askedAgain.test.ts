import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { againSchema } from '../../../../src/core/exam/again.ts';
import { freezePreview } from '../../../../src/core/round/freezePreview.ts';
import { acquireLock } from '../../../../src/node/storage/lock.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { anAnswerAgain } from '../../../fakes/answerAgain.ts';
import { openWindow, OUTSIDE, reviewOf, type ReviewWindow } from '../../../fakes/reviewWindow.ts';

const ID = 'bench-000003';
const ASK = { id: ID, how: 'fresh', who: 'round', samples: null, round: null } as const;

/** Another process asks the student about a question again. */
async function askedElsewhere(root: string, writer = 'other-1'): Promise<string> {
  const path = join(root, 'rounds', '0', 'again', `${writer}.jsonl`);
  const journal = await openJournal(path, { schema: againSchema, writer, clock: systemClock });
  const { writer: _writer, seq: _seq, at: _at, ...answer } = anAnswerAgain(ID);
  await journal.append(answer);
  await journal.close();
  return path;
}

const asked = async (window: ReviewWindow) => (await window.ask('record', { id: ID })).again;

describe('answers to questions asked again', () => {
  it('are shown in every window, also after it was opened anew, and count nowhere', async () => {
    const window = await reviewOf(20);
    const { root, service } = window;
    const before = await window.ask('record', { id: ID });
    const { session } = await service.ready();
    const preview = await freezePreview(session.store, 0);
    const { counts, undo } = service.snapshot();
    expect(before.again).toEqual([]);

    const path = await askedElsewhere(root);
    await service.refresh();
    const after = await window.ask('record', { id: ID });
    expect(after.again).toHaveLength(1);
    expect({ ...after, again: [] }).toEqual(before);
    expect(service.snapshot()).toMatchObject({ counts, undo });
    expect(await freezePreview(session.store, 0)).toEqual(preview);

    // Cut off in the middle of a line: what is whole is shown.
    await appendFile(path, '{"type":"again","asking":"to');
    const anew = await openWindow(root);
    expect(await asked(anew)).toEqual(after.again);
    expect(anew.service.badLines).toEqual([]);
    const text = await readFile(path, 'utf8');
    await writeFile(path, `no record\n${text}`);
    const damaged = await openWindow(root);
    expect(await asked(damaged)).toEqual(after.again);
    expect(damaged.service.badLines).toMatchObject([{ line: 1, file: path }]);
  });

  it('are not asked for in Restricted Mode, about nothing, or while the project is at work', async () => {
    const window = await reviewOf(20);
    const { root, service } = window;
    expect(service.snapshot().noAgain).toBeNull();
    await expect(window.ask('again', { ...ASK, id: 'nothing' })).rejects.toMatchObject({
      code: 'STALE',
    });
    await expect(window.ask('again', { ...ASK, round: 3 })).rejects.toMatchObject({
      code: 'STALE',
    });
    service.setOutside({ ...OUTSIDE, trusted: false });
    expect(service.snapshot().noAgain).toContain('Restricted Mode');
    await expect(window.ask('again', ASK)).rejects.toMatchObject({ code: 'trust.required' });
    service.setOutside({
      ...OUTSIDE,
      job: { running: 'train', stage: 'Training', done: 0, total: 0, etaMs: null, note: null },
    });
    expect(service.snapshot().noAgain).toContain('running');
    service.setOutside(OUTSIDE);
    const lock = await acquireLock(join(root, '.tailor', 'locks'), 'run', { clock: systemClock });
    await expect(window.ask('again', ASK)).rejects.toMatchObject({
      code: 'lock.held',
      hint: expect.stringContaining('wait until it ends'),
    });
    await lock.release();
    // With nobody at work it goes as far as the student, which this project does not have.
    await expect(window.ask('again', ASK)).rejects.toMatchObject({ code: 'student.modelMissing' });
    expect(service.snapshot()).toMatchObject({ noAgain: null, job: null });
  });
});
