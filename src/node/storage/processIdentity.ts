import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname, platform } from 'node:os';
import { promisify } from 'node:util';
import { systemCode } from './storeError.ts';

const run = promisify(execFile);

/** The name under which this computer signs locks and runs. */
export function thisHost(): string {
  return hostname();
}

/**
 * When a process started, as an opaque text that differs when the pid is reused; null when there is no such
 * process or the system does not say. Linux: field 22 of /proc/<pid>/stat (clock ticks since boot); macOS: `ps`.
 */
export async function startTimeOf(pid: number): Promise<string | null> {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    if (platform() === 'linux') return (await linuxStat(pid)).startTime;
    if (platform() === 'darwin') {
      const { stdout } = await run('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
        env: { LC_ALL: 'C', TZ: 'UTC' },
        timeout: 5_000,
      });
      return stdout.trim() === '' ? null : stdout.trim();
    }
  } catch {
    return null;
  }
  return null;
}

async function linuxStat(
  pid: number,
): Promise<{ readonly state: string; readonly startTime: string | null }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  // The command name (field 2) may hold spaces and brackets: count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? null };
}

/** A killed process whose parent has not collected it yet: it answers to signals and does nothing any more. */
async function isZombie(pid: number): Promise<boolean> {
  if (platform() !== 'linux') return false;
  return linuxStat(pid).then(
    ({ state }) => state === 'Z' || state === 'X',
    () => false,
  );
}

/** Whether the process that started at `startTime` still runs; an unknown start time leaves the pid to decide. */
export async function isProcessAlive(pid: number, startTime: string | null): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false;
  }
  if (await isZombie(pid)) return false;
  const now = await startTimeOf(pid);
  return now === null || startTime === null || now === startTime;
}
