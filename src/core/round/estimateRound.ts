import { cancelled } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { estimateTeaching, type SampleCall, type TeachingEstimate } from '../teaching/estimate.ts';
import type { TeachingPurpose, TeacherReply } from '../teaching/records.ts';
import type { Teacher } from '../teaching/teacher.ts';
import { isOpen, teachOnce, type TeachTask } from '../teaching/teachQuestion.ts';
import { templateOfKind } from '../teaching/templates.ts';
import { acceptedBefore } from './acceptedBefore.ts';
import type { LoopPorts } from './ports.ts';
import type { RoundState } from './state.ts';
import { planTeaching } from './teachingPlan.ts';

/** Real calls that an estimate rests on. */
export const SAMPLE_CALLS = 5;

export interface RoundEstimate {
  readonly round: number;
  readonly purpose: TeachingPurpose;
  readonly profile: string;
  readonly programmatic: boolean;
  /** Null when no question is left to ask about, or no call came back whole. */
  readonly estimate: TeachingEstimate | null;
  /** Questions that are still to be asked about. */
  readonly questions: number;
}

/**
 * What a round's teaching will take. The calls are the first ones that teaching itself would make for these questions,
 * spread evenly over all of them; they are journalled, and teaching finds their replies instead of paying again.
 */
export async function estimateRound(
  ports: LoopPorts,
  state: RoundState,
  options: { readonly purpose?: TeachingPurpose } = {},
): Promise<RoundEstimate> {
  const plan = await planTeaching(ports, state, options);
  const open = await ports.openTeacher(state.round);
  try {
    const all = await Promise.all(plan.tasks.map((task) => plan.asTask(task, open)));
    const left = all.filter(isOpen);
    const chosen = spread(left, SAMPLE_CALLS);
    let done = 0;
    const samples: SampleCall[] = [];
    for (const task of chosen) {
      if (ports.signal.aborted) throw cancelled();
      const sample = await callOf(task);
      if (sample !== null) samples.push(sample);
      done += 1;
      ports.report({ stage: sentence`estimating`, done, total: chosen.length, etaMs: null });
    }
    const { profile } = open.teacher;
    const templateHashes = new Set(
      left.map(({ template, question }) => templateOfKind(template, question.kind).template.hash),
    );
    const asking = { profile, purpose: plan.purpose, templateHashes };
    const before = await acceptedBefore(ports.store, state.round, asking);
    return {
      round: state.round,
      purpose: plan.purpose,
      profile: open.teacher.profile,
      programmatic: open.teacher.programmatic,
      questions: left.length,
      estimate: estimateTeaching(samples, {
        before,
        questions: left.length,
        wanted: left[0]?.wanted ?? 1,
        concurrency: open.concurrency,
        prices: open.prices ?? null,
      }),
    };
  } finally {
    await open.close();
  }
}

/** One call for a question; null when its reply did not come whole. */
async function callOf(task: TeachTask): Promise<SampleCall | null> {
  return sampleOf(
    task.teacher,
    async (teacher) => (await teachOnce({ ...task, teacher }))?.accepted,
  );
}

/** Lets `ask` make one call and tells what it took; null where no reply came whole or nothing was asked. */
export async function sampleOf(
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
export function spread<T>(list: readonly T[], n: number): T[] {
  if (list.length <= n) return [...list];
  return Array.from({ length: n }, (_, i) => Math.floor(((i + 0.5) * list.length) / n)).flatMap(
    (index) => list.slice(index, index + 1),
  );
}
