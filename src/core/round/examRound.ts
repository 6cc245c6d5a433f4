import type { LoopPorts } from './ports.ts';
import { isServedEngine } from '../exam/served.ts';
import { planExam, sitExam, attemptsOfPlan, type ExamPlan } from './exam.ts';
import { gradeStored } from './grading.ts';
import { curationUpTo } from './curationUpTo.ts';
import { NO_FIXES } from '../curation/questionText.ts';
import { confirmGolds } from './curateRound.ts';
import { countMarked } from './marks.ts';
import { reduceRound, type RoundState } from './state.ts';
import type { RoundStore } from './store.ts';

/**
 * The exam step: parity first, then every set, then grades and audit of the training attempts. Saves the state after
 * each set, so that an interrupted step goes on where it was.
 */
export async function examRound(
  ports: LoopPorts,
  initial: RoundState,
  sets: readonly string[],
): Promise<RoundState> {
  return (await sitRound(ports, initial, sets)).state;
}

/** The same, and whether there was anything to do: an exam that has all its answers takes no time. */
export async function sitRound(
  ports: LoopPorts,
  initial: RoundState,
  sets: readonly string[],
): Promise<{ readonly state: RoundState; readonly worked: boolean }> {
  const { store, signal } = ports;
  let state = initial;
  // Grades that were never written are work, too.
  let worked = initial.audit === null;
  const folder = store.absolute(state.student.path);
  const student = ports.student.forRound?.(state.round) ?? ports.student;
  const identity = await student.identify(folder);
  const parity = await student.checkParity(folder, signal);
  for (const set of sets) {
    const plan = await planExam(ports, state.round, set, identity);
    const answered = await sitExam({ ...ports, student }, state.round, folder, plan);
    worked ||= answered > 0 || state.exams[set] === undefined;
    state = reduceRound(state, {
      type: 'exam-finished',
      set,
      fingerprint: plan.fingerprint,
      questions: plan.questions.length,
      samples: plan.samples,
      answered,
      form: plan.form,
      parity,
      marks: isServedEngine(identity.engine) ? await marksOf(store, state.round, plan) : 0,
    });
    await store.saveState(state);
  }
  const graded = await gradeRound(ports, state);
  // What a question's own equation proves is not put before a person as a doubt.
  if (sets.includes('train') && !graded.frozen) await confirmGolds(ports, state.round);
  return { state: graded, worked };
}

/** How many questions of an exam were put to a server otherwise than they stand. */
async function marksOf(store: RoundStore, round: number, plan: ExamPlan): Promise<number> {
  const asked = new Set(plan.questions.map(({ id }) => id));
  return countMarked(attemptsOfPlan(plan, await store.attempts(round, plan.set)), asked);
}

/** Grades every stored attempt of the round afresh and rewrites grades.jsonl; never runs the model. */
export async function gradeRound(
  ports: Pick<LoopPorts, 'store'>,
  initial: RoundState,
): Promise<RoundState> {
  const { store } = ports;
  const curation = await curationUpTo(store, initial.round);
  const all = [];
  let suspects = 0;
  const doubted = new Set<string>();
  for (const [set, exam] of Object.entries(initial.exams)) {
    const attempts = attemptsOfPlan(exam, await store.attempts(initial.round, set));
    const graded = gradeStored(
      await store.questions(set),
      attempts,
      set === 'train' ? curation : { ...curation, ...NO_FIXES },
    );
    all.push(...graded);
    if (set !== 'train') continue;
    for (const { attempt, suspicions } of graded) {
      if (suspicions.length === 0) continue;
      suspects += 1;
      doubted.add(attempt.questionId);
    }
  }
  await store.saveGrades(initial.round, all);
  // An audit may come from a window beside the loop: what the loop has recorded meanwhile stays.
  const latest = (await store.state(initial.round)) ?? initial;
  const state = reduceRound(latest, { type: 'audited', suspects, questions: doubted.size });
  await store.saveState(state);
  return state;
}
