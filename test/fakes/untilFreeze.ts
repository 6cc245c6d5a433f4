import type { LoopPorts } from '../../src/core/round/ports.ts';
import { runRounds } from '../../src/core/round/runRounds.ts';

/** Runs a round's steps until the one that would freeze it. */
export async function untilFreeze(ports: LoopPorts): Promise<void> {
  const reached = new Error('reached');
  await runRounds(ports, 1, (_, step) => {
    if (step === 'freeze') throw reached;
  }).catch((error: unknown) => {
    if (error !== reached) throw error;
  });
}
