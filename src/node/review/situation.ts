import type { Phase, Snapshot, Verb } from '../../shared/reviewContract.ts';
import type { Facts } from './facts.ts';
import type { Outside } from './ports.ts';
import type { Say } from './say.ts';

export interface Situation {
  readonly facts: Facts | null;
  readonly loading: boolean;
  /** Why the project could not be read. */
  readonly failure: string | null;
  /** The project file is gone: nothing but a new one helps. */
  readonly gone: boolean;
  readonly outside: Outside;
  readonly counts: Snapshot['counts'];
  /** Whether the teacher has written anything for this round. */
  readonly taught: boolean;
  /** Whether this is the project's last round, after which nothing is taught. */
  readonly isLast: boolean;
  /** Decisions of the round that its frozen set does not know. */
  readonly late: number;
}

/** What the view as a whole is about. */
export function phaseOf({ facts, loading, failure, gone, outside }: Situation): Phase {
  if (gone) return 'no-project';
  if (failure !== null) return 'failed';
  if (loading || !facts) return 'loading';
  if (!facts.rounds.includes(facts.round)) return facts.hasStudent ? 'no-exam' : 'no-student';
  if (!facts.frozen) return 'ready';
  const here = outside.job?.running === 'train' && facts.training !== 'done';
  if (here || facts.training === 'running') return 'training';
  return facts.training === 'failed' ? 'failed' : 'frozen';
}

/** The one thing to do next, where there is one; reviewing itself needs no button. */
export function primaryOf(situation: Situation, phase: Phase, say: Say): Snapshot['primary'] {
  const { facts, counts, taught, failure, isLast } = situation;
  const one = (label: string, verb: Verb): Snapshot['primary'] => ({ label, verb });
  const round = facts?.round ?? 0;
  switch (phase) {
    case 'loading':
      return null;
    case 'no-project':
      return one(say('host.primary.createProject'), 'create-project');
    case 'no-student':
      return one(say('host.primary.chooseStudent'), 'choose-student');
    case 'no-exam':
      return one(say('host.primary.runExam'), 'run-exam');
    case 'ready':
      if (isLast) return null;
      if (!taught) return one(say('host.primary.askTeacher'), 'ask-teacher');
      return counts.todo > 0 ? null : one(say('host.primary.freeze', round), 'freeze');
    case 'frozen':
      return facts?.training === 'done'
        ? facts.rounds.some((other) => other > round)
          ? null
          : one(say('host.primary.nextRound', round + 1), 'run-exam')
        : one(say('host.primary.train', round), 'train');
    case 'training':
      return one(say('host.primary.showTraining'), 'show-training');
    case 'failed':
      return failure === null
        ? one(say('host.primary.train', round), 'train')
        : one(say('host.primary.reload'), 'reload');
  }
}

/** Why nothing can be decided now; null when it can. */
export function refusalOf(situation: Situation, phase: Phase, say: Say): string | null {
  const round = situation.facts?.round ?? 0;
  if (situation.failure !== null) return situation.failure;
  if (phase === 'loading') return say('host.reason.loading');
  if (phase === 'no-exam' || phase === 'no-student') return say('host.reason.noExam', round);
  if (situation.facts?.frozen !== true) return null;
  const { late } = situation;
  const frozen = say('host.reason.frozen', round);
  if (late === 0) return frozen;
  return `${frozen} ${late === 1 ? say('host.reason.late.one') : say('host.reason.late', late)}`;
}
