import { readFile } from 'node:fs/promises';
import { isTerminal, type TrainerEvent } from '../../core/training/events.ts';
import { thisHost } from '../storage/processIdentity.ts';
import { storeError, systemCode } from '../storage/storeError.ts';
import { parseEventLine } from './eventLine.ts';
import { isGroupRunning, type ProcessIdentity } from './processGroup.ts';
import { readLaunch, type Launch, type RunPaths } from './runFolder.ts';

type Hello = Extract<TrainerEvent, { type: 'hello' }>;
type Done = Extract<TrainerEvent, { type: 'done' }>;

/**
 * - `new`: never started · `done`: finished, in whichever attempt
 * - `ended`: the last attempt ended, with or without a terminal record; another attempt may follow
 * - `running`: the last attempt's process runs on this computer
 * - `elsewhere`: started by another computer and without a terminal record; only a person can say whether it lives
 */
export type RunStatus = 'new' | 'done' | 'ended' | 'running' | 'elsewhere';

/** What a run folder and the process table say about a run. */
export interface RunState {
  readonly status: RunStatus;
  /** The last attempt; 0 for a new run. */
  readonly attempt: number;
  /** Of the last attempt. */
  readonly launch: Launch | null;
  /** Null for a run of another computer: its pid says nothing here. */
  readonly process: ProcessIdentity | null;
  readonly workerPid: number | null;
  readonly host: string | null;
  readonly terminal: TrainerEvent | null;
  readonly done: Done | null;
  /** All steps of the run, by the last word on it; null where it never came so far. */
  readonly steps: number | null;
  /** Byte offset of the last complete line of events.jsonl; -1 when there is none. */
  readonly lastLineAt: number;
}

/** Reads a run without touching it. */
export async function readRunState(paths: RunPaths, runId: string): Promise<RunState> {
  const launch = await readLaunch(paths);
  const { events, lastLineAt } = await readEvents(paths.events, runId);
  const attempt = Math.max(
    launch?.attempt ?? 0,
    events.reduce((highest, event) => Math.max(highest, event.attempt), 0),
  );
  const mine = events.filter((event) => event.attempt === attempt);
  const hello = mine.find((event): event is Hello => event.type === 'hello') ?? null;
  const done = events.find((event): event is Done => event.type === 'done') ?? null;
  const terminal = mine.find(isTerminal) ?? null;
  const accepted = events.findLast((event) => event.type === 'accepted');
  const ready = mine.find((event) => event.type === 'ready');
  const current = launch?.attempt === attempt ? launch : null;
  const host = hello?.host ?? current?.host ?? null;
  const facts = {
    attempt,
    launch: current,
    process: host === thisHost() ? identityOf(current, hello) : null,
    workerPid: ready?.workerPid ?? null,
    host,
    terminal,
    done,
    steps: accepted?.steps ?? null,
    lastLineAt,
  };
  return { ...facts, status: await statusOf(facts, launch !== null) };
}

/** The process the host itself started, which leads the group; the trainer's own word where that is not known. */
function identityOf(launch: Launch | null, hello: Hello | null): ProcessIdentity | null {
  if (launch?.process != null) return launch.process;
  return hello === null ? null : { pid: hello.pid, startTime: hello.startTime };
}

async function statusOf(
  facts: Omit<RunState, 'status'>,
  launchFileExists: boolean,
): Promise<RunStatus> {
  if (facts.done !== null) return 'done';
  if (facts.attempt === 0) return 'new';
  if (facts.terminal !== null) return 'ended';
  // A person who deletes launch.json declares that the other computer no longer runs it.
  if (facts.host !== thisHost()) return launchFileExists ? 'elsewhere' : 'ended';
  if (facts.process === null) return 'ended';
  return (await isGroupRunning(facts.process, facts.workerPid)) ? 'running' : 'ended';
}

async function readEvents(
  path: string,
  runId: string,
): Promise<{ events: TrainerEvent[]; lastLineAt: number }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { events: [], lastLineAt: -1 };
    throw storeError(error, path);
  }
  const events: TrainerEvent[] = [];
  let lastLineAt = -1;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    const line = parseEventLine(bytes.toString('utf8', start, end), runId);
    if (line.kind === 'event') events.push(line.event);
    lastLineAt = start;
    start = end + 1;
  }
  return { events, lastLineAt };
}
