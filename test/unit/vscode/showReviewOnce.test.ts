import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
  await showReviewOnce(projects, true, show);
  expect(show).toHaveBeenCalledTimes(1);
  await showReviewOnce(projects, true, show);
  expect(show).toHaveBeenCalledTimes(1);
});

it('deletes nothing in Restricted Mode, and shows Review all the same', async () => {
  const root = await temporaryFolder();
  const wish = join(root, '.tailor', 'show-review');
  await mkdir(join(root, '.tailor'));
  await writeFile(wish, '');
  const show = vi.fn();
  await showReviewOnce({ current: { root, name: 'p' }, known }, false, show);
  expect(show).toHaveBeenCalledTimes(1);
  expect(await readFile(wish, 'utf8')).toBe('');
});

it('shows nothing without a project or a wish', async () => {
  const show = vi.fn();
  await showReviewOnce({ current: null, known }, true, show);
  await showReviewOnce(
    { current: { root: await temporaryFolder(), name: 'p' }, known },
    true,
    show,
  );
  expect(show).not.toHaveBeenCalled();
});
