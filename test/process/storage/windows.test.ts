import { expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { startDriver } from '../child.ts';

const summarySchema = z.object({
  writer: z.string(),
  exam: z.boolean(),
  seen: z.number(),
  bad: z.number(),
  order: z.string(),
});

it('fault: two windows + command line on one project: all append, one exam runs, all see the same', async () => {
  const project = await temporaryFolder();
  const windows = Array.from({ length: 3 }, () =>
    startDriver('projectWindow', [project, '150', '3']),
  );
  try {
    const summaries = await Promise.all(
      windows.map(async (window) => {
        const [line] = await window.printed(1);
        return summarySchema.parse(JSON.parse(line ?? ''));
      }),
    );
    expect(summaries.map(({ writer }) => writer).sort()).toEqual(['ada-1', 'ada-2', 'ada-3']);
    expect(summaries.filter(({ exam }) => exam)).toHaveLength(1);
    for (const summary of summaries) {
      expect(summary).toMatchObject({ seen: 450, bad: 0, order: summaries[0]?.order });
    }
    for (const window of windows) window.process.stdin?.end('\n');
    await Promise.all(windows.map(({ ended }) => ended));
    expect(windows.map(({ process }) => process.exitCode)).toEqual([0, 0, 0]);
  } finally {
    await Promise.all(windows.map((window) => window.kill()));
  }
});
