import { expect, it } from 'vitest';
import { nodeFs, type Fs } from '../../../../src/node/storage/fs.ts';
import { openStore, writeProject } from '../../../fakes/projectFolder.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

it('has every attempt on the disk when an exam file is closed, a last short batch too', async () => {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('q', 3, 1), dev: sums('d', 2, 50) });
  const done: string[] = [];
  const fs: Fs = {
    ...nodeFs,
    open: async (path, flags, mode) => {
      const handle = await nodeFs.open(path, flags, mode);
      if (!path.endsWith('.jsonl') || flags !== 'a') return handle;
      return {
        read: (...args) => handle.read(...args),
        write: (...args) => {
          done.push('write');
          return handle.write(...args);
        },
        datasync: () => {
          done.push('sync');
          return handle.datasync();
        },
        sync: () => handle.sync(),
        stat: () => handle.stat(),
        chmod: (to) => handle.chmod(to),
        close: () => {
          done.push('close');
          return handle.close();
        },
      };
    },
  };
  const exam = await openStore(root, { fs }).store.openExam(0, 'dev', 'a'.repeat(64));
  for (const sample of [0, 1, 2]) {
    await exam.append({
      questionId: 'd-0',
      sample,
      text: '',
      ids: [],
      finish: 'eos',
      minMargin: null,
    });
  }
  await exam.close();
  expect(done).toEqual(['write', 'write', 'write', 'sync', 'close']);
});
