import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_FILTER, type Sort } from '../../../../src/shared/reviewQueue.ts';
import { writeReviewProject } from '../../../fakes/reviewData.ts';
import { openReading, openWindow, type ReviewWindow } from '../../../fakes/reviewWindow.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const COUNT = 1_500;

/** A project whose exam was written from the last question to the first. */
async function backwards(): Promise<string> {
  const root = await temporaryFolder();
  await writeReviewProject(root, COUNT);
  const journal = join(root, 'rounds', '0', 'exam', 'train.bench-1.jsonl');
  const lines = (await readFile(journal, 'utf8')).trimEnd().split('\n');
  await writeFile(journal, `${lines.reverse().join('\n')}\n`);
  return root;
}

const query = (window: ReviewWindow, sort: Sort) =>
  window.ask('query', { filter: NO_FILTER, sort, near: null });

describe('a review while it is read', () => {
  it('shows whole questions before the exam has been read to its end', async () => {
    const window = await openReading(await backwards());
    const early = await query(window, 'flagged-first');
    expect(early.total).toBeGreaterThan(0);
    expect(early.total).toBeLessThan(COUNT);
    expect(early.rows.map(({ samples }) => samples)).toEqual(early.rows.map(() => 4));
    await window.service.ready();
    expect((await query(window, 'flagged-first')).total).toBe(COUNT);
    expect(window.service.snapshot().counts.total).toBe(COUNT);
  });

  it('lists in the order of the data, whatever the order of the exam', async () => {
    const window = await openWindow(await backwards());
    await window.service.ready();
    const { from, rows } = await query(window, 'data-order');
    expect(rows).toHaveLength(50);
    expect(rows.map(({ id }) => id)).toEqual(
      rows.map((_, index) => `bench-${String(from + index).padStart(6, '0')}`),
    );
  });
});
