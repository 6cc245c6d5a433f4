import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { tailLines, type TailedLine } from '../../../../src/node/storage/tail.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

/** Does each action once the follower has yielded the given number of lines, then stops it. */
async function following(
  path: string,
  actions: readonly (readonly [after: number, action: () => Promise<unknown>])[],
  from = 0,
): Promise<TailedLine[]> {
  const stop = new AbortController();
  const lines: TailedLine[] = [];
  const act = async (): Promise<void> => {
    for (const [after, action] of actions) {
      while (lines.length < after) await systemClock.sleep(1, stop.signal);
      await action();
    }
    stop.abort();
  };
  const follow = async (): Promise<void> => {
    const options = { signal: stop.signal, clock: systemClock, pollMs: 2, from };
    for await (const line of tailLines(path, options)) lines.push(line);
  };
  const following = follow().finally(() => stop.abort());
  await Promise.all([following, act().catch(() => following)]);
  return lines;
}

describe('tailLines', () => {
  it('waits for the file, yields whole lines, holds back the torn tail', async () => {
    const path = join(await temporaryFolder(), 'events.jsonl');
    const lines = await following(path, [
      [0, () => systemClock.sleep(5)],
      [0, () => writeFile(path, '{"a":1}\n{"b"')],
      [1, () => appendFile(path, ':2}\r')],
      [1, () => appendFile(path, '\n\né\nrest')],
    ]);
    expect(lines).toEqual([
      { line: '{"a":1}', byteOffset: 0, nextOffset: 8 },
      { line: '{"b":2}', byteOffset: 8, nextOffset: 17 },
      { line: '', byteOffset: 17, nextOffset: 18 },
      { line: 'é', byteOffset: 18, nextOffset: 21 },
    ]);
    const again = await following(path, [[0, () => appendFile(path, '!\n')]], 18);
    expect(again.map(({ line }) => line)).toEqual(['é', 'rest!']);
  });

  it('after the stop still yields everything that was already written', async () => {
    const path = join(await temporaryFolder(), 'events.jsonl');
    await writeFile(path, 'x\n'.repeat(2_500));
    const lines: TailedLine[] = [];
    const options = { signal: AbortSignal.abort(), clock: systemClock, pollMs: 1 };
    for await (const line of tailLines(path, options)) lines.push(line);
    expect(lines).toHaveLength(2_500);
    expect(lines.at(-1)?.nextOffset).toBe(5_000);
  });

  it('fault: file replaced or truncated while open: says so instead of mixing two files', async () => {
    const path = join(await temporaryFolder(), 'events.jsonl');
    await writeFile(path, 'long line\nsecond\n');
    // Endless second actions: only the error ends the following.
    const endless = [3, () => Promise.resolve()] as const;
    await expect(
      following(path, [[2, () => writeFile(path, 'new\n')], endless]),
    ).rejects.toMatchObject({ code: 'store.stale' });
    await writeFile(path, 'a\n');
    await expect(following(path, [[1, () => rm(path)], endless])).rejects.toMatchObject({
      code: 'store.missing',
    });
  });
});
