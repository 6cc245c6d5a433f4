import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Workbench } from './workbench.ts';

/** Memory of a process in MB: what it holds, and the most that it has held where the system says so. */
export function memoryOf(pid: number): { readonly now: number; readonly most: number } {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) {
    const ask = ['-o', 'rss=', '-p', String(pid)];
    const now = Number(execFileSync('ps', ask, { encoding: 'utf8' })) / 1024;
    return { now, most: now };
  }
  const text = readFileSync(status, 'utf8');
  const [, resident] = /^VmRSS:\s+(\d+) kB$/mu.exec(text) ?? [];
  const [, most] = /^VmHWM:\s+(\d+) kB$/mu.exec(text) ?? [];
  return { now: Number(resident) / 1024, most: Number(most) / 1024 };
}

/** The most that any of the browser's pages has held, in MB: the window's own, for it is by far the largest. */
export async function largestPage(workbench: Workbench): Promise<number> {
  const session = await workbench.page.context().browser()?.newBrowserCDPSession();
  if (session === undefined) throw new Error('the browser is gone');
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pages = processInfo.filter(({ type }) => type === 'renderer');
  return Math.max(...pages.map(({ id }) => mostOf(id)));
}

function mostOf(pid: number): number {
  try {
    return memoryOf(pid).most;
  } catch {
    // It ended meanwhile.
    return 0;
  }
}
