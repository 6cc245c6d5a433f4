import { nodeFs, type Fs, type FsHandle } from '../../src/node/storage/fs.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { createTeacher } from '../../src/node/teacher/createTeacher.ts';
import { endpointFor, never, requestFor } from '../fakes/teacherBench.ts';

/** Asks a list of questions and dies by SIGKILL just before, or half-way through, its n-th disk operation. */
const [roundsFolder = '', baseURL = '', dieAt = '0', questions = '0'] = process.argv.slice(2);
let operations = 0;

async function count(half?: () => Promise<unknown>): Promise<void> {
  operations += 1;
  if (operations !== Number(dieAt)) return;
  await half?.();
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
}

function watched(handle: FsHandle): FsHandle {
  return {
    read: (...args) => handle.read(...args),
    write: async (buffer, offset, length, position) => {
      const half = Math.floor(length / 2);
      await count(() => handle.write(buffer, offset, half, position));
      return handle.write(buffer, offset, length, position);
    },
    datasync: async () => {
      await count();
      await handle.datasync();
    },
    sync: () => handle.sync(),
    stat: () => handle.stat(),
    chmod: (mode) => handle.chmod(mode),
    close: () => handle.close(),
  };
}

const fs: Fs = { ...nodeFs, open: async (...args) => watched(await nodeFs.open(...args)) };
const silent = (): void => undefined;
const opened = await createTeacher(endpointFor(baseURL, { concurrency: 2 }), {
  roundsFolder,
  round: 0,
  writer: 'w1',
  budget: { maxRequests: 1000, maxTotalTokens: 1_000_000 },
  clock: systemClock,
  log: { debug: silent, info: silent, warn: silent, error: silent },
  fs,
});
const names = Array.from({ length: Number(questions) }, (_, i) => `q${i}`);
await Promise.all(names.map((name) => opened.teacher.ask(requestFor(name), never)));
await opened.close();
process.stdout.write(`done ${operations}`);
