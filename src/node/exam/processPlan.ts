import { readFileSync } from 'node:fs';
import os from 'node:os';
import { MAX_SLOTS } from '../../core/exam/engineContract.ts';

/** Fewer items than this do not repay one more process's start. */
const ITEMS_PER_PROCESS = 16;
/** Node, onnxruntime and its arenas. */
const BASE_BYTES = 160 * 1024 * 1024;
/** fp32 in memory: onnxruntime's packed copy and the mapped embedding. */
const BYTES_PER_PARAMETER = 6;
/** Share of the free memory that an exam may take. */
const MEMORY_SHARE = 0.7;

export interface Machine {
  readonly cores: number;
  readonly freeBytes: number;
}

export interface ProcessPlan {
  readonly processes: number;
  /** Rows that each process decodes at once. */
  readonly slots: number;
  /** Bytes that each process may spend on K/V. */
  readonly memoryBytes: number;
}

/**
 * How many one-thread processes sit an exam: one per physical core (two processes beat one with two threads by a third
 * to a half), fewer where memory or the number of items binds. Texts do not depend on it.
 */
export function planProcesses(
  items: number,
  parameters: number,
  machine: Machine,
  requested?: number,
): ProcessPlan {
  const loaded = BASE_BYTES + parameters * BYTES_PER_PARAMETER;
  const usable = machine.freeBytes * MEMORY_SHARE;
  const byMemory = Math.floor(usable / (loaded * 1.25));
  const wanted =
    requested ?? Math.min(machine.cores, byMemory, Math.ceil(items / ITEMS_PER_PROCESS));
  const processes = Math.max(1, Math.min(wanted, items));
  const share = Math.ceil(items / processes);
  return {
    processes,
    slots: Math.min(MAX_SLOTS, 2 ** Math.ceil(Math.log2(Math.max(1, share)))),
    memoryBytes: Math.max(32 * 1024 * 1024, Math.floor(usable / processes - loaded)),
  };
}

/** What this machine offers now. */
export function thisMachine(): Machine {
  return { cores: physicalCores(), freeBytes: process.availableMemory() };
}

/** Physical cores that this process may use: hyper-threads share the units that an exam needs. */
function physicalCores(): number {
  const usable = os.availableParallelism();
  try {
    return Math.max(1, Math.min(usable, countPhysicalCores(readFileSync('/proc/cpuinfo', 'utf8'))));
  } catch {
    // Not Linux: all current Macs have one thread per core; elsewhere assume two.
    return process.platform === 'darwin' ? usable : Math.max(1, Math.ceil(usable / 2));
  }
}

/** Distinct (socket, core) pairs of /proc/cpuinfo; Infinity where it does not list them (arm64). */
export function countPhysicalCores(cpuinfo: string): number {
  const cores = new Set<string>();
  for (const block of cpuinfo.split('\n\n')) {
    const socket = /^physical id\s*:\s*(\d+)/mu.exec(block)?.[1];
    const core = /^core id\s*:\s*(\d+)/mu.exec(block)?.[1];
    if (core !== undefined) cores.add(`${socket ?? ''}:${core}`);
  }
  return cores.size === 0 ? Infinity : cores.size;
}
