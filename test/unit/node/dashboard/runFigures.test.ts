import { cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RunFigures } from '../../../../src/node/dashboard/runFigures.ts';
import { StudentDigests } from '../../../../src/node/exam/studentDigest.ts';
import { sha256File } from '../../../../src/node/storage/fileHash.ts';
import { lines } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { record, RUN_ID } from '../../../fakes/trainerRecords.ts';

it.each([
  ['written from the run folder', '../../../../models/round-1-test'],
  // The project lay elsewhere when this was trained.
  ['absolute, as older runs wrote them', '/elsewhere/models/round-1-test'],
])(
  'knows the student that a run made by its records alone, as long as its weights exist: paths %s',
  async (_, path) => {
    const root = await temporaryFolder();
    const student = join(root, 'models', 'round-1-test');
    await cp('test/fixtures/students/llama-bf16', student, { recursive: true });
    await writeFile(join(student, 'tokenizer.json'), '{}');
    const artifacts = [];
    for (const name of await readdir(student)) {
      const { size: bytes } = await stat(join(student, name));
      const sha256 = await sha256File(join(student, name));
      artifacts.push({ kind: 'file', path: `${path}/${name}`, sha256, bytes });
    }
    artifacts.push({
      kind: 'file',
      path: `${path}/adapter/model.safetensors`,
      sha256: '0',
      bytes: 1,
    });
    const folder = join(root, 'rounds', '0', 'runs', RUN_ID);
    await mkdir(folder, { recursive: true });
    const config = { model: { digest: 'base' }, export: { path, studentId: 'round-1-test' } };
    await writeFile(join(folder, 'run.json'), JSON.stringify(config));
    const figures = new RunFigures({ folder, runId: RUN_ID }, root);
    await figures.look();
    expect([figures.from, figures.made]).toEqual(['base', null]);
    await writeFile(join(folder, 'events.jsonl'), lines([record('done', { artifacts })]));
    await figures.look();
    const { digest } = await new StudentDigests().identify(student);
    expect(figures.made).toEqual({ name: 'round-1-test', digest });
    await rm(join(student, 'model.safetensors'));
    await figures.look();
    expect(figures.made).toBeNull();
  },
);
