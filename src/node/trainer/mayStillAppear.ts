import type { RunState } from './runState.ts';

/** A host that died between the start and noting the process: its trainer says hello within this time. */
export const UNNOTED_MS = 20_000;

/** A start that nobody has noted yet, so recent that its trainer may still say hello. */
export function mayStillAppear(state: RunState, now: number): boolean {
  const { launch } = state;
  if (launch === null || launch.failed || launch.process !== null || state.process !== null) {
    return false;
  }
  const age = now - Date.parse(launch.at);
  return age >= 0 && age < UNNOTED_MS;
}
