import type { TestProject } from 'vitest/node';
import { prepareRig, type Rig } from './prepareRig.ts';

declare module 'vitest' {
  interface ProvidedContext {
    rig: Rig;
  }
}

/** Prepares the rig once for all journeys. */
export default async function setup(project: TestProject): Promise<void> {
  const rig = await prepareRig();
  if (rig.missing !== null) {
    process.stderr.write(`\nThe end-to-end tests are skipped: ${rig.missing}\n`);
  }
  project.provide('rig', rig);
}
