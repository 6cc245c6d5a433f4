import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { doctor } from '../../src/node/commands/doctor.ts';
import { commandContext } from '../fakes/commandContext.ts';
import { aProjectFile, lines } from '../fakes/projectFolder.ts';
import { REPOSITORY, testPython } from '../fakes/runHarness.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

it('the doctor names what the training settings of a project would be refused for', async () => {
  const root = await temporaryFolder();
  const file = aProjectFile();
  const accelerate = 'accelerate.yaml';
  const training = { ...file.training, launch: { processes: 2, accelerate } };
  await writeFile(join(root, 'tailor.json'), lines([{ ...file, training }]));
  const plain = commandContext(root);
  const context = {
    ...plain,
    assets: { ...plain.assets, bridge: join(REPOSITORY, 'python-bridge') },
    environment: process.env,
    options: { folder: root },
    python: (await testPython()).python,
  };
  const missing = await doctor(context);
  expect(missing.exit).toBe('environment');
  expect(String(missing.text)).toContain(`${join(root, accelerate)} cannot be read`);
  await writeFile(join(root, accelerate), 'distributed_type: MULTI_GPU\nnum_processes: 3\n');
  const wrong = await doctor(context);
  expect(String(wrong.text)).toContain('asks for 3 processes, training.launch for 2');
  await writeFile(join(root, accelerate), 'distributed_type: MULTI_GPU\nnum_processes: 2\n');
  const right = await doctor(context);
  expect(String(right.text)).not.toContain('configuration of accelerate asks');
  expect(String(right.text)).not.toContain('cannot be read');
}, 120_000);
