import { cancelled } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { restoredItems, teachQuestion } from '../teaching/teachQuestion.ts';
import { inParallel } from './inParallel.ts';
import type { LoopPorts } from './ports.ts';
import { reduceRound, type RoundState } from './state.ts';
import { planTeaching, type TeachingTask } from './teachingPlan.ts';

const STAGE = {
  annotate: sentence`teaching (annotate)`,
  feedback: sentence`teaching (feedback)`,
} as const;

/** Asks the teacher about every task of the round, several at a time; each item is on disk before it counts. */
export async function teachRound(
  ports: LoopPorts,
  initial: RoundState,
  options: { purpose?: 'annotate' | 'feedback' } = {},
): Promise<RoundState> {
  const { store, signal } = ports;
  const round = initial.round;
  const plan = await planTeaching(ports, initial, options);
  const { purpose, tasks } = plan;

  const open = await ports.openTeacher(round);
  const writer = await store.openTeaching(round);
  const tally = { accepted: 0, humanQueue: 0 };
  const started = ports.clock.now();
  let done = 0;
  let asked = 0;
  const settle = async (task: TeachingTask): Promise<void> => {
    const question = await plan.asTask(task, open);
    const previous = [...question.previous, ...restoredItems(question)];
    const result = await teachQuestion({ ...question, previous });
    const stored = new Set(plan.known(task).map(({ key }) => key));
    const fresh = result.items.filter(({ key }) => !stored.has(key));
    for (const item of fresh) await writer.append(item);
    tally.accepted += result.items.filter(({ accepted }) => accepted).length;
    tally.humanQueue += result.settled === 'human-queue' ? 1 : 0;
    done += 1;
    // What an earlier run has settled takes no time, and says nothing about the rest.
    asked += fresh.length > 0 ? 1 : 0;
    const pace = (ports.clock.now() - started) / asked;
    const etaMs = asked === 0 ? null : Math.round(pace * (tasks.length - done));
    ports.report({ stage: STAGE[purpose], done, total: tasks.length, etaMs });
  };
  try {
    await inParallel(tasks, open.concurrency, settle, () => signal.aborted);
  } finally {
    await writer.close();
    await open.close();
  }
  if (signal.aborted) throw cancelled();
  const state = reduceRound(initial, {
    type: 'taught',
    purpose,
    profile: open.teacher.profile,
    programmatic: open.teacher.programmatic,
    questions: tasks.length,
    ...tally,
  });
  await store.saveState(state);
  return state;
}
