import { join } from 'node:path';
import { isProcessAlive, startTimeOf } from '../storage/processIdentity.ts';

/** A process as one can meet it again: a pid alone may have been given to a stranger. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string | null;
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return isProcessAlive(identity.pid, identity.startTime);
}

/**
 * Whether the leader or a member of its process group still runs: a worker may outlive its supervisor by the time
 * of a checkpoint. The system does not give a pid away while a group of that number exists.
 */
export async function isGroupRunning(
  leader: ProcessIdentity,
  workerPid: number | null,
): Promise<boolean> {
  if (await isRunning(leader)) return true;
  if (process.platform === 'win32' || workerPid === null) return false;
  const leaderTime = await startTimeOf(leader.pid);
  if (leaderTime !== null && leaderTime !== leader.startTime) return false;
  return groupExists(leader.pid) && isRunning({ pid: workerPid, startTime: null });
}

function groupExists(leaderPid: number): boolean {
  try {
    process.kill(-leaderPid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Signals the whole group of a process, after making sure that it is that process and not a later one of the same
 * number. False when nothing was signalled. Windows has no groups: there the process tree is ended.
 */
export async function signalGroup(
  leader: ProcessIdentity,
  workerPid: number | null,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<boolean> {
  if (leader.startTime === null && process.platform !== 'win32') return false;
  if (!(await isGroupRunning(leader, workerPid))) return false;
  if (process.platform === 'win32') return endTree(leader.pid, signal === 'SIGKILL');
  try {
    process.kill(-leader.pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function endTree(pid: number, force: boolean): Promise<boolean> {
  const taskkill = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  const args = ['/PID', String(pid), '/T', ...(force ? ['/F'] : [])];
  // On first use: reading where runs stand starts nothing, and loads nothing that could.
  const { execa } = await import('execa');
  const result = await execa(taskkill, args, { reject: false, windowsHide: true });
  return result.exitCode === 0;
}
