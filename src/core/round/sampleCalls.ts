import { cancelled } from '../errors.ts';
import { sentence } from '../sentence.ts';
import type { SampleCall } from '../teaching/estimate.ts';
import type { TeacherReply } from '../teaching/records.ts';
import type { Teacher } from '../teaching/teacher.ts';
import type { LoopPorts } from './ports.ts';

/** Real calls that an estimate rests on. */
export const SAMPLE_CALLS = 5;

/**
 * Makes one call each for a few of the tasks, evenly spread over all of them, and tells what these took; what did not
 * come whole is left out. `ask` makes the call by the teacher that it is given and tells whether the reply was accepted,
 * undefined where there was none.
 */
export async function sampleCalls<T>(
  { signal, report }: Pick<LoopPorts, 'signal' | 'report'>,
  teacher: Teacher,
  tasks: readonly T[],
  ask: (task: T, listening: Teacher) => Promise<boolean | undefined>,
): Promise<SampleCall[]> {
  const samples: SampleCall[] = [];
  const chosen = spread(tasks, SAMPLE_CALLS);
  for (const [at, task] of chosen.entries()) {
    if (signal.aborted) throw cancelled();
    const sample = await sampleOf(teacher, (listening) => ask(task, listening));
    if (sample !== null) samples.push(sample);
    report({ stage: sentence`estimating`, done: at + 1, total: chosen.length, etaMs: null });
  }
  return samples;
}

/** Lets `ask` make one call and tells what it took; null where no reply came whole or nothing was asked. */
async function sampleOf(
  teacher: Teacher,
  ask: (listening: Teacher) => Promise<boolean | undefined>,
): Promise<SampleCall | null> {
  const replies: TeacherReply[] = [];
  const accepted = await ask({
    profile: teacher.profile,
    programmatic: teacher.programmatic,
    spending: () => teacher.spending(),
    ask: async (request, signal) => {
      const reply = await teacher.ask(request, signal);
      replies.push(reply);
      return reply;
    },
  });
  const [reply] = replies;
  if (!reply || accepted === undefined) return null;
  const { promptTokens, completionTokens, cachedTokens } = reply.usage;
  return { promptTokens, completionTokens, cachedTokens, accepted, ms: reply.totalMs };
}

/** `n` of the list, evenly spread; all where there are fewer. */
function spread<T>(list: readonly T[], n: number): T[] {
  if (list.length <= n) return [...list];
  return Array.from({ length: n }, (_, i) => Math.floor(((i + 0.5) * list.length) / n)).flatMap(
    (index) => list.slice(index, index + 1),
  );
}
