import { estimateTeaching, type TeachingEstimate } from '../teaching/estimate.ts';
import type { TeachingPurpose } from '../teaching/records.ts';
import { isOpen, teachOnce } from '../teaching/teachQuestion.ts';
import { templateOfKind } from '../teaching/templates.ts';
import { acceptedBefore } from './acceptedBefore.ts';
import type { LoopPorts } from './ports.ts';
import { sampleCalls } from './sampleCalls.ts';
import type { RoundState } from './state.ts';
import { planTeaching } from './teachingPlan.ts';

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
    const samples = await sampleCalls(ports, open.teacher, left, async (task, teacher) => {
      return (await teachOnce({ ...task, teacher }))?.accepted;
    });
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
