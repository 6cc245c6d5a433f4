import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { platform } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isProcessAlive, startTimeOf } from '../../../../src/node/storage/processIdentity.ts';

const known = platform() === 'linux' || platform() === 'darwin';

describe('process identity', () => {
  it.skipIf(!known)('tells a process from a later one with the same pid', async () => {
    const mine = await startTimeOf(process.pid);
    expect(mine).toMatch(/\d/u);
    expect(await startTimeOf(process.pid)).toBe(mine);
    expect(await isProcessAlive(process.pid, mine)).toBe(true);
    expect(await isProcessAlive(process.pid, 'another')).toBe(false);
  });

  it('knows that an ended process is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const startTime = await startTimeOf(child.pid ?? 0);
    await once(child, 'exit');
    expect(await isProcessAlive(child.pid ?? 0, startTime)).toBe(false);
    expect(await startTimeOf(child.pid ?? 0)).toBeNull();
  });

  it('takes nonsense for nobody', async () => {
    for (const pid of [0, -1, 1.5, Number.NaN]) {
      expect(await isProcessAlive(pid, null)).toBe(false);
      expect(await startTimeOf(pid)).toBeNull();
    }
  });
});
