import type { OpinionPorts } from '../../core/round/opinions.ts';
import { openTeacher } from './openTeacher.ts';
import type { Session } from './session.ts';
import { loadTemplate } from './templates.ts';

/** The ports of second opinions over a real project; by the project's teacher where no other profile is named. */
export function opinionPorts(session: Session, profile?: string): OpinionPorts {
  const { store, root, surroundings } = session;
  const { clock, report, signal } = surroundings;
  return {
    store,
    openTeacher: (round) => openTeacher(session, round, profile),
    opinionTemplate: () => loadTemplate(root, 'review', store.project.teaching.replyForm),
    clock,
    report,
    signal,
  };
}
