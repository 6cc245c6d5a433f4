import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Projects } from './ports.ts';

/** `npm start` leaves this file in a project whose mistakes are to be looked at first. */
const WISH = join('.tailor', 'show-review');

/** Shows Review when the opened project asks for it, and takes the wish back, so that the next window is left alone. */
export async function showReviewOnce(
  projects: Pick<Projects, 'current'> & { known(): Promise<void> },
  show: () => void,
): Promise<void> {
  await projects.known();
  const { current } = projects;
  if (current === null) return;
  const wished = await rm(join(current.root, WISH)).then(
    () => true,
    // Usually it is not there; where it cannot be removed it would come back in every window.
    () => false,
  );
  if (wished) show();
}
