import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trainerEventSchema } from '../../../../src/core/training/events.ts';
import { verifyArtifacts } from '../../../../src/node/trainer/artifacts.ts';

let project = '';
let run = '';
let student = '';
beforeEach(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'tailor-art-')));
  run = join(project, 'run');
  student = join(project, 'student');
  await mkdir(run);
  await mkdir(student);
  await writeFile(join(student, 'model.safetensors'), 'weights');
});
afterEach(() => rm(project, { recursive: true, force: true }));

const WEIGHTS = createHash('sha256').update('weights').digest('hex');

function verify(path: string, sha256 = WEIGHTS): Promise<void> {
  const done = trainerEventSchema.parse({
    v: 1,
    seq: 0,
    attempt: 1,
    t: '',
    runId: 'run-one',
    type: 'done',
    artifacts: [{ kind: 'weights', path, sha256, bytes: 7 }],
    summary: {
      steps: 1,
      seconds: 1,
      tokens: 1,
      firstLoss: null,
      lastLoss: null,
      firstLm: null,
      lastLm: null,
      cosPos: null,
      cosNeg: null,
      activeFrac: null,
      preference: null,
    },
  });
  if (done.type !== 'done') throw new Error('not a done record');
  return verifyArtifacts(done, run, student);
}

test('whole artifacts pass', async () => {
  await expect(verify(join(student, 'model.safetensors'))).resolves.toBeUndefined();
  await expect(verify('../student/model.safetensors')).resolves.toBeUndefined();
});

test('a changed or missing file is named', async () => {
  await expect(verify(join(student, 'model.safetensors'), 'f'.repeat(64))).rejects.toMatchObject({
    code: 'student.invalid',
  });
  await expect(verify(join(student, 'config.json'))).rejects.toMatchObject({
    code: 'student.invalid',
  });
});

test('a path outside the run and student folders is refused', async () => {
  await expect(verify('/etc/passwd')).rejects.toMatchObject({ code: 'trainer.protocol' });
  await expect(verify('../../secret')).rejects.toMatchObject({ code: 'trainer.protocol' });
});

test('a student folder that is gone is said to be gone', async () => {
  await rm(student, { recursive: true });
  await expect(verify('x')).rejects.toMatchObject({
    code: 'student.modelMissing',
    hint: expect.stringContaining(`delete ${run} and train again`),
  });
});
