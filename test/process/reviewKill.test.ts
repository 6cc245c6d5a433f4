import { describe, expect, it } from 'vitest';
import { openReview } from '../bench/uiHost.ts';
import { writeReviewProject } from '../fakes/reviewData.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { startDriver } from './child.ts';

const DECISIONS = 50;
const { signal } = new AbortController();

describe('Review and a host that is killed', () => {
  it('fault: kill -9 host after 50 decisions: all are there, and undo still walks back through them', async () => {
    const root = await temporaryFolder();
    await writeReviewProject(root, 70);
    const driver = startDriver('reviewWindow', [root]);
    await driver.printed(DECISIONS);
    await driver.kill();
    const decided = driver.lines.slice(0, DECISIONS).map((line) => line.split(' '));

    const service = await openReview(root);
    try {
      const view = service.handlersFor('side');
      await service.ready();
      const found = service.snapshot().counts;
      for (const [id = '', status] of decided) {
        expect((await view.record({ id }, signal)).row.status).toBe(status);
      }
      const own = found.accepted + found.rejected - 7;
      // One more than was printed may have been written: it was in the file and not yet told.
      expect(own).toBeGreaterThanOrEqual(DECISIONS);
      const back: string[] = [];
      for (let step = 0; step < own; step += 1) {
        const { id } = await view.undo({ round: null }, signal);
        if (id !== null) back.push(id);
      }
      expect(back.slice(-DECISIONS)).toEqual(decided.map(([id]) => id).reverse());
      expect(service.snapshot().counts).toMatchObject({ todo: 63, accepted: 7, rejected: 0 });
      expect(service.snapshot().undo).toBeNull();
    } finally {
      await service.dispose();
    }
  });
});
