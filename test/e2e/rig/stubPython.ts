import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STUB, testPython, type StubPlan } from '../../fakes/runHarness.ts';

/**
 * A Python for the setting tailor.python.path: training goes to the stub, which behaves by `plan` and gives back the
 * student in `student`; everything else goes to a real Python.
 */
export async function stubPython(folder: string, student: string, plan: StubPlan): Promise<string> {
  const real = (await testPython()).python;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'python3');
  const planFile = join(folder, 'plan.json');
  writeFileSync(planFile, JSON.stringify({ ...plan, student }));
  writeFileSync(
    path,
    `#!/bin/sh
case "$*" in
  *'"executable"'*) echo '{"version": [3, 12, 0], "executable": "${path}"}'; exit 0 ;;
  *launch.py\\ train\\ --run\\ *)
    for run; do :; done
    cp '${planFile}' "$run/stub.json"
    exec '${real}' -I '${STUB}' train --run "$run" ;;
esac
exec '${real}' "$@"
`,
  );
  chmodSync(path, 0o755);
  return path;
}
