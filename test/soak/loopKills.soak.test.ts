import { cp, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/practice/seededRandom.ts';
import { ABANDONED_AFTER_MS } from '../../src/node/storage/abandoned.ts';
import { alignColumns } from '../../src/node/terminal/format.ts';
import { essence, smallPractice, startTailor } from '../process/practiceLoop.ts';
import {
  drawMoment,
  drawMoments,
  engineChildren,
  recordsOf,
  replyKeys,
  stageOf,
  STAGES,
  trainerGroup,
  trainerRecords,
  unanswered,
  works,
  type Moment,
  type Place,
} from './killMoments.ts';
import { startSlowTeacher, type SlowTeacher } from './slowTeacher.ts';

/** TAILOR_SOAK_KILLS: how many kills. TAILOR_SOAK_SEED: which moments; printed, so that a failure can be repeated. */
const KILLS = Number(process.env['TAILOR_SOAK_KILLS'] ?? 10);
const SEED = Number(process.env['TAILOR_SOAK_SEED'] ?? Date.now() % 1_000_000);
const SIZES = { train: 32, dev: 16, unseen: 6 };
const ROUNDS = 2;
/** About 200 small steps: half the kills of a training come after its first checkpoint, the one of step 100. */
const OPTIM = { epochs: 9, globalBatch: 4 };
/** Requests in flight at once to an address on this computer. */
const CONCURRENCY = 4;
const HOUR = 3_600_000;

const UNITS = { exam: 'attempts', teach: 'replies', train: 'trainer records' };

/** Where a kill hit: the engine's processes and the trainer's group at that moment. */
interface Killed extends Place {
  readonly engines: readonly number[];
  readonly trainer: number | null;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a round killed with SIGKILL at random moments of exam, teaching and training', () => {
  let folder: string;
  /** For each round, the project as it is before that round. */
  let before: string[];
  let whole: string;
  let teacher: SlowTeacher;
  const rows = [['kill', 'stage', 'on disk', 'in flight', 'trainer', 'paid', 'paid again']];

  const run = (project: string, rounds: number) =>
    startTailor(
      ['round', '--rounds', String(rounds), '--teacher', teacher.profile, '--project', project],
      teacher.variables,
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailor-kills-'));
    whole = join(folder, 'whole');
    before = Array.from({ length: ROUNDS }, (_, round) => join(folder, `before-${round}`));
    await smallPractice(whole, SIZES, OPTIM);
    teacher = await startSlowTeacher(whole, join(folder, 'settings'));
    for (const [round, copy] of before.entries()) {
      await cp(whole, copy, { recursive: true });
      const { code, stderr } = await run(whole, round + 1).finished;
      expect(stderr).not.toContain('unexpectedly');
      expect(code, stderr).toBe(0);
    }
    const calls = before.map((_, round) => replyKeys(whole, round).length);
    expect(teacher.paid()).toBe(calls.reduce((a, b) => a + b));
  }, HOUR);
  afterAll(async () => {
    await teacher.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts the loop and kills it at the moment; null when it was through before. */
  async function killAt(moment: Moment, project: string): Promise<Killed | null> {
    const { child, finished } = run(project, moment.round + 1);
    let stderr = '';
    child.stderr?.on('data', (text: string) => (stderr += text));
    const goal = Math.floor(moment.share * recordsOf(whole, moment.stage, moment.round));
    for (;;) {
      const now = stageOf(stderr);
      if (child.exitCode !== null || (now !== null && now.round > moment.round)) break;
      const begun = now?.round === moment.round && now.stage === moment.stage;
      if (begun && recordsOf(project, moment.stage, moment.round) >= goal) break;
      await pause(15);
    }
    await pause(moment.delayMs);
    const at = stageOf(stderr);
    const engines = child.pid === undefined ? [] : engineChildren(child.pid);
    const trainer = at?.stage === 'train' ? trainerGroup(project, at.round) : null;
    child.kill('SIGKILL');
    if (trainer !== null && moment.killTrainer) killGroup(trainer);
    const { signal, code } = await finished;
    if (signal !== 'SIGKILL' || at === null) {
      expect(code, stderr).toBe(0);
      return null;
    }
    return { ...at, engines, trainer };
  }

  /** What the kill left behind, before anything is run again. */
  async function aftermath(project: string, killed: Killed, moment: Moment) {
    const { round, stage, engines, trainer } = killed;
    // The engine's processes end by themselves when the one that forked them is gone.
    for (let waited = 0; engines.some(works) && waited < 20_000; waited += 50) await pause(50);
    expect(engines.filter(works)).toEqual([]);
    await age(project);
    const lost = unanswered(project, moment.round);
    expect(lost).toBeLessThanOrEqual(CONCURRENCY);
    const inFlight = {
      exam: `engine processes: ${engines.length}`,
      teach: `requests: ${lost}`,
      train: trainer === null ? 'trainer being started' : 'training',
      between: 'curation or freeze',
    };
    const progress =
      stage === 'between'
        ? ''
        : `${recordsOf(project, stage, round)} of ${recordsOf(whole, stage, round)} ${UNITS[stage]}`;
    const fate = trainer === null ? '–' : moment.killTrainer ? 'killed' : 'left alone';
    return { lost, cells: [`round ${round} ${stage}`, progress, inFlight[stage], fate] };
  }

  /** Runs to the end and compares with the run that nobody interrupted. */
  async function runAgain(project: string, at: number, lost: number): Promise<void> {
    const rounds = at + 1;
    const { code, stderr } = await run(project, rounds).finished;
    expect(stderr).not.toContain('unexpectedly');
    expect(code, stderr).toBe(0);
    expect(await essence(project, rounds)).toEqual(await essence(whole, rounds));
    for (let round = 0; round < rounds; round += 1) {
      const keys = replyKeys(project, round);
      expect(keys.length).toBe(new Set(keys).size);
      expect(keys.length).toBe(replyKeys(whole, round).length);
      const done = trainerRecords(project, round).filter(({ type }) => type === 'done');
      expect(done).toHaveLength(1);
    }
    // What was lost stays in the books as possibly billed; nothing else is open.
    expect(unanswered(project, at)).toBe(lost);
    expect(await leftovers(project)).toEqual([]);
  }

  it(
    `${KILLS} kills: after a rerun nothing is missing, nothing is there twice, no call is paid twice`,
    async () => {
      console.log(`TAILOR_SOAK_SEED=${SEED}`);
      const random = seededRandom(SEED);
      const hits = new Map<string, number>();
      const waiting = drawMoments(random, KILLS, ROUNDS);
      for (let nth = 1; waiting.length > 0 && nth <= 2 * KILLS; nth += 1) {
        const moment = waiting.shift();
        if (moment === undefined) break;
        const project = join(folder, `kill-${nth}`);
        await cp(before[moment.round] ?? '', project, { recursive: true });
        const paidBefore = teacher.paid();
        const killed = await killAt(moment, project);
        // It was over, or in another stage, before the kill came: that stage is tried once more.
        if (killed?.stage !== moment.stage)
          waiting.push(drawMoment(random, moment.stage, nth, ROUNDS));
        if (killed === null) continue;
        const { lost, cells } = await aftermath(project, killed, moment);
        hits.set(killed.stage, (hits.get(killed.stage) ?? 0) + 1);
        await runAgain(project, moment.round, lost);
        const [paid, usual] = [teacher.paid() - paidBefore, replyKeys(whole, moment.round).length];
        expect(paid).toBeGreaterThanOrEqual(usual);
        expect(paid).toBeLessThanOrEqual(usual + lost);
        rows.push([String(nth), ...cells, `${paid} of ${usual}`, String(paid - usual)]);
        console.log(rows.at(-1)?.join(' · '));
        await rm(project, { recursive: true, force: true });
      }
      console.log(alignColumns(rows));
      const sum = [...hits.values()].reduce((a, b) => a + b, 0);
      expect(sum).toBeGreaterThanOrEqual(KILLS);
      for (const stage of STAGES) {
        expect(hits.get(stage) ?? 0, stage).toBeGreaterThanOrEqual(Math.floor(KILLS / 3));
      }
    },
    6 * HOUR,
  );
});

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It had just ended.
  }
}

/** Makes the command's unfinished files as old as they must be before anyone takes them for abandoned. */
async function age(project: string): Promise<void> {
  const then = new Date(Date.now() - 2 * ABANDONED_AFTER_MS);
  for (const name of await leftovers(project)) {
    // A trainer that was left alone may still be writing its own, which have other names.
    if (/\.[0-9a-f]{12}\.tmp$/u.test(name)) await utimes(join(project, name), then, then);
  }
}

/** Temporary files and folders that nobody will finish. */
async function leftovers(project: string): Promise<string[]> {
  const names = await readdir(project, { recursive: true });
  return names.filter((name) => /\.tmp(?:$|[./-])/u.test(name));
}
