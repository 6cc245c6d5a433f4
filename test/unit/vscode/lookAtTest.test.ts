import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Editor } from '../../../src/vscode/editor.ts';
import { lookAtTestHandler } from '../../../src/vscode/lookAtTest.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

function set() {
  const asked: unknown[] = [];
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const given = {
    projects: { pick: (root?: string) => Promise.resolve({ root: root ?? '/p', name: 'Sums' }) },
    jobs: {
      run: (request: unknown) => {
        asked.push(request);
        return Promise.resolve({ text: 'Test exam of round 1', json: null });
      },
    },
    log,
  };
  // SAFETY: the members of the editor that the handler uses.
  return { asked, log, look: lookAtTestHandler(given as unknown as Editor) };
}

const looksIn = vi.hoisted(() => vi.fn<() => Promise<{ times: number; last: string | null }>>());
vi.mock('../../../src/node/commands/lookAtTest.ts', () => ({ looksIn }));

beforeEach(() => {
  resetVscode();
  looksIn.mockResolvedValue({ times: 3, last: '2026-05-06T07:08:09.000Z' });
});

describe('Look at Test', () => {
  it('examines the test set once a person has agreed that this is a look', async () => {
    const { asked, look } = set();
    editor.answers.push('Look at Test', 'Show Dashboard');
    await look({ root: '/p', round: 1 });
    expect(editor.information[0]).toBe('Examine the test set of Sums?');
    expect(editor.details[0]).toContain('looked at 3 times, last on 2026-05-06');
    expect(editor.details[0]).toContain('Every look is counted');
    expect(asked).toEqual([{ root: '/p', stage: 'exam', round: 1, title: 'Test exam' }]);
    await vi.waitFor(() =>
      expect(editor.executed).toEqual([{ id: 'tailor.showDashboard', args: [{ root: '/p' }] }]),
    );
  });

  it('does nothing where they think better of it', async () => {
    const { asked, look } = set();
    await expect(look({})).rejects.toMatchObject({ code: 'cancelled' });
    expect(asked).toEqual([]);
  });

  it('runs nothing in Restricted Mode', async () => {
    const { asked, look } = set();
    editor.isTrusted = false;
    editor.answer = 'Look at Test';
    await expect(look({})).rejects.toMatchObject({ code: 'trust.required' });
    expect([asked, editor.information]).toEqual([[], []]);
  });
});
