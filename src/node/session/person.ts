import { userInfo } from 'node:os';
import type { Author } from '../../core/curation/decision.ts';

/** Who decides in this process, as decisions record it. */
export function person(): Author {
  try {
    return { kind: 'person', name: userInfo().username };
  } catch {
    // A container's user may have no name.
    return { kind: 'person', name: 'unknown' };
  }
}
