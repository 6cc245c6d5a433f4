import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { showReviewOnce } from '../../../src/vscode/showReviewOnce.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

const known = (): Promise<void> => Promise.resolve();

it('shows Review once where the project asks for it', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, '.tailor'));
  await writeFile(join(root, '.tailor', 'show-review'), '');
  const show = vi.fn();
  const projects = { current: { root, name: 'p' }, known };
  await showReviewOnce(projects, show);
  expect(show).toHaveBeenCalledTimes(1);
  await showReviewOnce(projects, show);
  expect(show).toHaveBeenCalledTimes(1);
});

it('shows nothing without a project or a wish', async () => {
  const show = vi.fn();
  await showReviewOnce({ current: null, known }, show);
  await showReviewOnce({ current: { root: await temporaryFolder(), name: 'p' }, known }, show);
  expect(show).not.toHaveBeenCalled();
});
