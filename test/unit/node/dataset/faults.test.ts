import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../../src/core/errors.ts';
import type { Dataset, DatasetEdit } from '../../../../src/node/dataset/dataset.ts';
import { openDataset } from '../../../../src/node/dataset/openDataset.ts';
import type { Fs } from '../../../../src/node/storage/fs.ts';
import { Died, atEveryOperation, hastyFs, type Fault } from '../../../fakes/faultyFs.ts';
import { GO } from '../../../fakes/openTestDataset.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const BEFORE = '\ufeff{"a":"1"}\r\n{"a":"2"}\n\n{broken\n{"a":"3"}';

/** Steps of a session, and what the rows are after each; saves write what the rows are. */
const STEPS: readonly {
  readonly rows: readonly string[];
  make: (of: Session) => Promise<unknown>;
}[] = [
  {
    rows: ['{"a":"1!"}', '{"a":"2"}', '', '{broken', '{"a":"3"}'],
    make: (of) => of.set('o0', '1!'),
  },
  {
    rows: ['{"a":"1!"}', '', '{broken'],
    make: (of) => of.dataset.remove(['o1', 'o4']),
  },
  {
    rows: ['{"a":"1!"}', '{"a":"1!"}', '', '{broken'],
    make: (of) => of.dataset.duplicate(['o0']),
  },
  {
    rows: ['{"a":"1!"}', '{"a":"1!"}', '', '{broken'],
    make: (of) => of.dataset.save(GO),
  },
  {
    rows: ['{"a":"1!"}', '', '{broken'],
    make: (of) => of.undo(),
  },
  {
    rows: ['{"a":"1!"}', '{"a":"2"}', '', '{broken', '{"a":"3"}'],
    make: (of) => of.undo(),
  },
  {
    rows: ['{"a":"1!"}', '{"a":"2"}', '', '{broken', '{"a":"3"}'],
    make: (of) => of.dataset.save(GO),
  },
];
const FIRST = ['{"a":"1"}', '{"a":"2"}', '', '{broken', '{"a":"3"}'];
/** All that may ever stand in the file. */
const FILES = new Set([
  BEFORE,
  '\ufeff{"a":"1!"}\r\n{"a":"1!"}\r\n\n{broken',
  '\ufeff{"a":"1!"}\r\n{"a":"2"}\n\n{broken\n{"a":"3"}',
]);

class Session {
  readonly dataset: Dataset;
  readonly #done: DatasetEdit[] = [];

  constructor(dataset: Dataset) {
    this.dataset = dataset;
    dataset.onEdit((edit) => this.#done.push(edit));
  }

  static async open(folder: string, wholeBytes: number, fs: Fs = hastyFs): Promise<Session> {
    const path = join(folder, 'data.jsonl');
    const journalFolder = join(folder, 'journals');

    return new Session(
      await openDataset({ path, journalFolder, set: null, readOnly: null, wholeBytes, fs }),
    );
  }

  /** What the rows say; looked at again where the disk failed this once. */
  async rows(): Promise<string[]> {
    return this.#rows().catch((error: unknown) => {
      ignoreFaults(error);
      return this.#rows();
    });
  }

  async #rows(): Promise<string[]> {
    const texts = [];
    for (const { key } of await this.dataset.rows(0, 100)) {
      texts.push((await this.dataset.record(key)).raw);
    }
    return texts;
  }

  async set(key: string, text: string): Promise<void> {
    await this.dataset.setField(key, (await this.dataset.record(key)).stamp, 0, 'text', text);
  }

  async undo(): Promise<void> {
    await this.#done.at(-1)?.undo();
    this.#done.pop();
  }
}

const ignoreFaults = (error: unknown): void => {
  if (!(error instanceof Died) && !isAppError(error)) throw error;
};

const fileIn = (folder: string): Promise<string> => readFile(join(folder, 'data.jsonl'), 'utf8');

/** Runs the session until the disk fails it; says how many steps were confirmed. */
async function untilFailure(folder: string, wholeBytes: number, fs: Fs): Promise<number> {
  let session: Session;
  try {
    session = await Session.open(folder, wholeBytes, fs);
  } catch (error) {
    ignoreFaults(error);
    return 0;
  }
  let confirmed = 0;
  try {
    for (const { make } of STEPS) {
      await make(session);
      confirmed += 1;
    }
  } catch (error) {
    ignoreFaults(error);
  } finally {
    // The process is gone: nothing of this reaches the disk any more.
    await session.dataset.dispose().catch(ignoreFaults);
  }
  return confirmed;
}

async function survivesDeath(fault: 'dieBefore' | 'dieAfter', wholeBytes: number): Promise<void> {
  const root = await temporaryFolder();
  const runs = await atEveryOperation(
    fault,
    async (fs, at) => {
      const folder = join(root, String(at));
      await mkdir(folder);
      await writeFile(join(folder, 'data.jsonl'), BEFORE);
      const confirmed = await untilFailure(folder, wholeBytes, fs);
      await fs.cleanUp();
      expect(FILES).toContain(await fileIn(folder));
      const next = await Session.open(folder, wholeBytes);
      const possible = [STEPS[confirmed - 1]?.rows ?? FIRST, STEPS[confirmed]?.rows ?? FIRST];
      expect(possible).toContainEqual(await next.rows());
      expect(next.dataset.recovery()?.aside ?? []).toEqual([]);
      await next.dataset.save(GO);
      await next.dataset.dispose();
      const again = await Session.open(folder, wholeBytes);
      expect(possible).toContainEqual(await again.rows());
      expect(again.dataset.recovery()).toBeNull();
      await again.dataset.dispose();
    },
    hastyFs,
  );
  expect(runs).toBeGreaterThan(60);
}

/** A disk that fails once, or is full until it is healed: the same document goes on, and nothing is lost. */
async function survivesFailure(
  fault: Parameters<typeof atEveryOperation>[0],
  wholeBytes: number,
): Promise<number> {
  const root = await temporaryFolder();
  return atEveryOperation(
    fault,
    async (fs, at) => {
      const folder = join(root, String(at));
      await mkdir(folder);
      await writeFile(join(folder, 'data.jsonl'), BEFORE);
      let session: Session;
      try {
        session = await Session.open(folder, wholeBytes, fs);
      } catch (error) {
        expect(isAppError(error), String(error)).toBe(true);
        return;
      }
      try {
        for (const { rows, make } of STEPS) {
          try {
            await make(session);
          } catch (error) {
            expect(isAppError(error), String(error)).toBe(true);
            expect(FILES).toContain(await fileIn(folder));
            fs.heal();
            // Made once more: what failed must have left the rows as they were.
            if (JSON.stringify(await session.rows()) !== JSON.stringify(rows)) await make(session);
          }
          expect(await session.rows()).toEqual(rows);
        }
        await session.dataset.save(GO).catch(() => session.dataset.save(GO));
        expect(await fileIn(folder)).toBe('\ufeff{"a":"1!"}\r\n{"a":"2"}\n\n{broken\n{"a":"3"}');
        expect(session.dataset.state()).toMatchObject({ dirty: false, conflict: null });
      } finally {
        await session.dataset.dispose().catch(ignoreFaults);
      }
      expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
    hastyFs,
  );
}

const CODES = ['EIO', 'EACCES', 'EROFS', 'EMFILE', 'ENOENT'];
/** Each operation fails with one of them; which one changes nothing about where it fails. */
const anyCode = (at: number): Fault => ({ fail: CODES[at % CODES.length] ?? 'EIO' });

for (const [size, wholeBytes] of [
  ['a small file', 1 << 25],
  ['a large file', 0],
] as const) {
  describe(
    `a document of ${size}, its disk failing at every operation`,
    { timeout: 120_000 },
    () => {
      it('fault: kill -9 host at every journal operation and every one of a save (before it)', () =>
        survivesDeath('dieBefore', wholeBytes));
      it('fault: kill -9 during snapshot: a save that is killed after any operation', () =>
        survivesDeath('dieAfter', wholeBytes));
      describe('edge case: disk full during save', () => {
        it('fault: disk full (journal, snapshot, checkpoint, dataset save): the old file is there, and saving again works', async () => {
          expect(await survivesFailure('full', wholeBytes)).toBeGreaterThan(10);
        });
      });
      it('fault: EACCES, EROFS, EMFILE, ENOENT and EIO at every operation of a document', async () => {
        expect(await survivesFailure(anyCode, wholeBytes)).toBeGreaterThan(60);
      });
    },
  );
}
