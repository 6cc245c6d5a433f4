import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Projects } from './ports.ts';

/** `npm start` leaves this file in a project whose mistakes are to be looked at first. */
const WISH = join('.tailor', 'show-review');

/**
 * Shows Review when the opened project asks for it, and takes the wish back, so that the next window is left alone. In
 * Restricted Mode nothing is deleted: the wish lasts until a window may.
 */
export async function showReviewOnce(
  projects: Pick<Projects, 'current'> & { known(): Promise<void> },
  isTrusted: boolean,
  show: () => void,
): Promise<void> {
  await projects.known();
  const { current } = projects;
  if (current === null) return;
  const path = join(current.root, WISH);
  const wished = await (isTrusted ? rm(path) : access(path)).then(
    () => true,
    // Usually it is not there; where it cannot be removed it would come back in every window.
    () => false,
  );
  if (wished) show();
}
