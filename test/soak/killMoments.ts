import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '../../src/core/practice/seededRandom.ts';
import { recordsIn } from '../process/practiceLoop.ts';

export type Stage = 'exam' | 'teach' | 'train';
export const STAGES: readonly Stage[] = ['exam', 'teach', 'train'];

/** When to kill: so far into a stage of a round, and so long after that was seen. */
export interface Moment {
  readonly stage: Stage;
  readonly round: number;
  /** Share of the stage's records that are on disk, 0 ≤ x < 1. */
  readonly share: number;
  readonly delayMs: number;
  /** Whether the detached trainer dies as well. */
  readonly killTrainer: boolean;
}

/** A random moment of a stage; every other trainer dies with the command. */
export function drawMoment(
  random: SeededRandom,
  stage: Stage,
  nth: number,
  rounds: number,
): Moment {
  return {
    stage,
    round: random.below(rounds),
    share: random.below(1000) / 1000,
    delayMs: random.below({ exam: 50, teach: 200, train: 600 }[stage]),
    killTrainer: nth % 2 === 0,
  };
}

/** `count` moments, each stage as often as the others (within one), in random order. */
export function drawMoments(random: SeededRandom, count: number, rounds: number): Moment[] {
  const moments = Array.from({ length: count }, (_, at) =>
    drawMoment(
      random,
      STAGES[at % STAGES.length] ?? 'exam',
      Math.floor(at / STAGES.length),
      rounds,
    ),
  );
  return moments
    .map((moment) => ({ moment, at: random.below(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ moment }) => moment);
}

/** Records that a stage of a round has on disk; an uninterrupted run tells how many there will be. */
export function recordsOf(project: string, stage: Stage, round: number): number {
  const folder = join(project, 'rounds', String(round));
  try {
    if (stage === 'exam') return recordsIn(join(folder, 'exam')).length;
    if (stage === 'teach') return replyKeys(project, round).length;
    return trainerRecords(project, round).length;
  } catch {
    // The folder is not there yet.
    return 0;
  }
}

export function replyKeys(project: string, round: number): string[] {
  return recordsIn(join(project, 'rounds', String(round), 'teacher'))
    .filter(({ type }) => type === 'reply')
    .map(({ key }) => String(key));
}

/** Requests of a round that left and of which no outcome is on disk. */
export function unanswered(project: string, round: number): number {
  let sum = 0;
  try {
    for (const { type } of recordsIn(join(project, 'rounds', String(round), 'teacher'))) {
      if (type === 'intent') sum += 1;
      if (type === 'reply' || type === 'fail') sum -= 1;
    }
  } catch {
    // Nothing was taught yet.
  }
  return sum;
}

export function trainerRecords(project: string, round: number): Record<string, unknown>[] {
  const runs = join(project, 'rounds', String(round), 'runs');
  return readdirSync(runs).flatMap((run) => recordsIn(join(runs, run), 'events'));
}

/** The trainer's process group, where launch.json names one. */
export function trainerGroup(project: string, round: number): number | null {
  const runs = join(project, 'rounds', String(round), 'runs');
  try {
    for (const run of readdirSync(runs)) {
      // SAFETY: written by this version of Tailor; an unfinished start has no process.
      const launch = JSON.parse(readFileSync(join(runs, run, 'launch.json'), 'utf8')) as {
        process: { pid: number } | null;
      };
      if (launch.process !== null) return launch.process.pid;
    }
  } catch {
    // Not started yet.
  }
  return null;
}

/** A stage of a round; curation and freeze, which take no time, are between the stages. */
export interface Place {
  readonly round: number;
  readonly stage: Stage | 'between';
}

/** The step that the command said it had begun last: "Round 1: teach". */
export function stageOf(stderr: string): Place | null {
  const last = [...stderr.matchAll(/Round (\d+): (\w+)/gu)].at(-1);
  if (!last) return null;
  return { round: Number(last[1]), stage: STAGES.find((name) => name === last[2]) ?? 'between' };
}

/** The engine's processes among the children of a process; Linux only, elsewhere none are found. */
export function engineChildren(parent: number): number[] {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const isEngine = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('engine.cjs');
      return ppid === parent && isEngine ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Whether a process still works; one that has ended and waits to be collected does not. */
export function works(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
