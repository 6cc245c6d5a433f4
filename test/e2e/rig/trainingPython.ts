import { join } from 'node:path';
import { doctorFacts, probePython } from '../../../src/node/python/probe.ts';
import { REPOSITORY, testPython } from '../../fakes/runHarness.ts';

/** A Python that can train, or why there is none. */
export async function trainingPython(): Promise<{ python: string } | { missing: string }> {
  try {
    const found = await testPython();
    const bundle = join(REPOSITORY, 'python-bridge');
    const [problem] = doctorFacts(await probePython(found, { bundle }));
    return problem ? { missing: problem.problem } : { python: found.python };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}
