import { beforeEach, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../src/node/commands/context.ts';
import type { Editor } from '../../../src/vscode/editor.ts';
import { stepHandlers } from '../../../src/vscode/runSteps.ts';
import { wayOut } from '../../../src/vscode/waysOut.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

const train = vi.hoisted(() => vi.fn());
vi.mock('../../../src/node/commands/steps.ts', () => ({ train }));

function handlers() {
  const given = {
    projects: { pick: () => Promise.resolve({ root: '/p', name: 'Sums' }) },
    jobs: {
      // SAFETY: what the step is called with is passed on and not looked into.
      run: (_: unknown, work: (context: CommandContext) => unknown) => work({} as CommandContext),
    },
    log: { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() },
  };
  // SAFETY: the members of the editor that the handlers use.
  return stepHandlers(given as unknown as Editor);
}

beforeEach(() => {
  resetVscode();
  train.mockReset();
  train.mockResolvedValue({ text: 'Round 1 trained.', json: null });
});

it('begins another run once somebody agreed, and says what stays', async () => {
  editor.answers.push('Train Anew');
  await handlers()['tailor.trainAnew']({ round: 1 });
  expect(editor.information[0]).toBe('Begin another training run of round 1?');
  expect(editor.details[0]).toContain('stay where they are');
  expect(train.mock.calls.map(([, options]) => options as unknown)).toEqual([
    { round: 1, fresh: true },
  ]);
});

it('trains nothing where they think better of it, nor in Restricted Mode', async () => {
  await expect(handlers()['tailor.trainAnew']({})).rejects.toMatchObject({ code: 'cancelled' });
  editor.isTrusted = false;
  editor.answers.push('Train Anew');
  await expect(handlers()['tailor.trainAnew']({})).rejects.toMatchObject({
    code: 'trust.required',
  });
  expect(train).not.toHaveBeenCalled();
});

it('training by its own command never begins anew, and a changed run offers to', async () => {
  await handlers()['tailor.train']({ round: 1 });
  expect(train.mock.calls.map(([, options]) => options as unknown)).toEqual([{ round: 1 }]);
  expect(wayOut('trainer.checkpointMismatch')?.command).toBe('tailor.trainAnew');
});
