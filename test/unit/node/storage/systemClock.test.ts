import { expect, it } from 'vitest';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';

it('sleeps, and wakes with "cancelled" as soon as the signal aborts', async () => {
  const before = systemClock.now();
  await systemClock.sleep(5);
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  const stop = new AbortController();
  const sleeping = systemClock.sleep(1_000_000, stop.signal);
  stop.abort();
  await expect(sleeping).rejects.toMatchObject({ code: 'cancelled' });
  await expect(systemClock.sleep(1_000_000, stop.signal)).rejects.toMatchObject({
    code: 'cancelled',
  });
});
