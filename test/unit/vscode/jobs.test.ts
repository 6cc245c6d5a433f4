import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, cancelled } from '../../../src/core/errors.ts';
import type { CommandContext } from '../../../src/node/commands/context.ts';
import { EditorJobs } from '../../../src/vscode/jobs.ts';
import type { ContextParts } from '../../../src/vscode/surroundings.ts';
import { fakeClock } from '../../fakes/loopFakes.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

const RUN = { folder: '/p/rounds/0/runs/r0-x', runId: 'r0-x' };
const request = { root: '/p', stage: 'train' as const, round: 0, title: 'Training' };

function setUp(
  stopRun: (run: typeof RUN, now: boolean) => Promise<boolean> = () => Promise.resolve(true),
) {
  const jobs = new EditorJobs({
    // SAFETY: the works of these tests read the parts that the job itself gives.
    makeContext: (parts: ContextParts) => parts as unknown as CommandContext,
    clock: fakeClock(),
    stopRun,
    isCurrent: (root) => root === '/p',
  });
  return { jobs };
}

/** Work that ends when its signal does, as an exam does. */
const untilStopped = ({ signal }: CommandContext): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(cancelled()));
  });

beforeEach(resetVscode);

describe('jobs', () => {
  it('tell of progress, cost and pauses, and end', async () => {
    const { jobs } = setUp();
    const seen: unknown[] = [];
    const result = await jobs.run({ ...request, stage: 'teach' }, async (context) => {
      context.watch?.teacher?.({
        profile: 'x',
        programmatic: false,
        maxRequests: 10,
        maxTotalTokens: 1000,
        money: { most: 2, currency: 'EUR' },
        spending: () => ({
          cost: 0.5,
          requests: 3,
          promptTokens: 100,
          completionTokens: 20,
          possiblyBilled: 0,
          cacheHits: 0,
        }),
      });
      context.report({ stage: 'teaching', done: 3, total: 9, etaMs: 5000 });
      seen.push(jobs.of('/p'));
      await Promise.resolve();
      return 'done';
    });
    expect(result).toBe('done');
    expect(seen).toMatchObject([
      {
        stage: 'teach',
        progress: { done: 3, total: 9 },
        spent: { requests: 3, tokens: 120, money: 0.5 },
        left: { requests: 7, tokens: 880, money: 1.5 },
        currency: 'EUR',
      },
    ]);
    expect(jobs.current).toBeNull();
    expect(jobs.failure).toBeNull();
  });

  it('are one at a time in a project, and any number in others', async () => {
    const { jobs } = setUp();
    const first = jobs.run(request, untilStopped);
    await expect(jobs.run(request, untilStopped)).rejects.toMatchObject({ code: 'lock.held' });
    const other = jobs.run({ ...request, root: '/q' }, untilStopped);
    expect(jobs.current?.root).toBe('/p');
    await jobs.stop('/p');
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect(jobs.current?.root).toBe('/q');
    jobs.dispose();
    await expect(other).rejects.toMatchObject({ code: 'cancelled' });
    await jobs.ended();
  });

  it('threat 20: are refused when trust went between the click and the work', async () => {
    const { jobs } = setUp();
    editor.isTrusted = false;
    await expect(jobs.run(request, untilStopped)).rejects.toMatchObject({ code: 'trust.required' });
    expect(jobs.current).toBeNull();
  });

  it('stop a training run by asking it, follow it to its end, and call that stopped', async () => {
    const asked: boolean[] = [];
    let end: (error: Error) => void = () => undefined;
    const { jobs } = setUp((_run, now) => {
      asked.push(now);
      return Promise.resolve(true);
    });
    const done = jobs.run(request, (context) => {
      expect(context.trainer).toEqual({ detach: true, attachOnly: false });
      context.watch?.training?.(RUN);
      return new Promise<never>((_, reject) => (end = reject));
    });
    await vi.waitFor(() => expect(jobs.of('/p')).not.toBeNull());
    await Promise.resolve();
    await jobs.stop();
    expect(jobs.current?.stopping).toBe(true);
    await jobs.stop();
    expect(asked).toEqual([false, true]);
    end(new AppError('trainer.cancelled', 'stopped'));
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    expect(jobs.failure).toBeNull();
  });

  it('let go of a training run when the window closes: nobody asks it to stop', async () => {
    const asked: unknown[] = [];
    const { jobs } = setUp((run) => {
      asked.push(run);
      return Promise.resolve(true);
    });
    const done = jobs.run(request, (context) => {
      context.watch?.training?.(RUN);
      return untilStopped(context);
    });
    await Promise.resolve();
    await Promise.resolve();
    jobs.dispose();
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    expect(asked).toEqual([]);
  });

  it('remember why the last one failed until the next begins', async () => {
    const { jobs } = setUp();
    const failing = jobs.run(request, () =>
      Promise.reject(new AppError('trainer.oom', 'Memory ran out.', { hint: 'Lower it.' })),
    );
    await expect(failing).rejects.toThrow();
    expect(jobs.failure).toEqual({
      title: 'Training',
      message: 'Memory ran out.',
      hint: 'Lower it.',
    });
    await jobs.run(request, () => Promise.resolve());
    expect(jobs.failure).toBeNull();
  });
});
