import { beforeEach, expect, it, vi } from 'vitest';
import { aManifest } from '../../fakes/projectFolder.ts';
import type { FreezePreview, SetPreview } from '../../../src/core/round/freezePreview.ts';
import type { Editor } from '../../../src/vscode/editor.ts';
import { agreeToFreeze } from '../../../src/vscode/freezeFirst.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);
const previewFreeze = vi.hoisted(() => vi.fn());
vi.mock('../../../src/node/commands/freezePreview.ts', () => ({ previewFreeze }));

beforeEach(resetVscode);

const setOf = (items: number): SetPreview => ({
  round: 0,
  items,
  pairs: 0,
  coverage: { ...aManifest(items).coverage, questions: 12 },
  undecided: 0,
  disagreed: 0,
  byPerson: 1,
  byRule: 0,
  warnings: [],
  sample: [],
});

function freezing(preview: FreezePreview) {
  previewFreeze.mockResolvedValue({ text: '', json: preview });
  const parts = { makeContext: () => ({}) };
  // SAFETY: all that the question about a freeze uses of the editor.
  return agreeToFreeze(parts as unknown as Editor, '/project', 0);
}

it('states the set as it is and the one after the rule, before either is frozen', async () => {
  editor.answer = 'Accept by Rule and Freeze';
  await expect(freezing({ ...setOf(2), afterRule: setOf(10) })).resolves.toBe('accept-first');
  expect(editor.details[0]).toContain('2 of 12 questions are trained on');
  expect(editor.details[0]).toContain('Then: 10 of 12 questions are trained on');
});

it('says where those stand that nobody has decided on, since Review begins with the mistakes', async () => {
  editor.answer = 'Freeze';
  await freezing({ ...setOf(2), undecided: 3, afterRule: null });
  expect(editor.details[0]).toContain('under “Filter”, “Questions with a rationale”');
  resetVscode();
  editor.answer = 'Freeze';
  await freezing({ ...setOf(2), afterRule: null });
  expect(editor.details[0]).not.toContain('Filter');
});

it('speaks of no rule where nothing is left to it', async () => {
  editor.answer = 'Freeze';
  await expect(freezing({ ...setOf(2), afterRule: null })).resolves.toBe('as-it-is');
  expect(editor.details[0]).not.toContain('Accept by Rule');
});
