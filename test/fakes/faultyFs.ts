import { nodeFs, type Fs, type FsHandle } from '../../src/node/storage/fs.ts';

/**
 * What happens at operation n:
 * - `fail`: that operation alone fails with `code`;
 * - `full`: a write takes half its bytes, and from then on nothing takes any (ENOSPC) until `heal()`;
 * - `dieBefore` / `dieAfter`: the process is gone before or after the operation's effect; a write is cut in half
 *   before. Every later operation throws as well.
 */
export type Fault = 'full' | 'dieBefore' | 'dieAfter' | { readonly fail: string };

export class Died extends Error {
  constructor() {
    super('the process died here');
    this.name = 'Died';
  }
}

export interface FaultyFs extends Fs {
  /** Operations asked for so far. */
  readonly operations: () => number;
  readonly fired: () => boolean;
  readonly heal: () => void;
  /** Closes what a dead process would have left to the system. */
  readonly cleanUp: () => Promise<void>;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** The real disk that never waits for the platter: for tests of what processes leave behind, not of lost power. */
export const hastyFs: Fs = {
  ...nodeFs,
  open: async (path, flags, mode) => {
    const handle = await nodeFs.open(path, flags, mode);
    const done = (): Promise<void> => Promise.resolve();
    return {
      read: (...args) => handle.read(...args),
      write: (...args) => handle.write(...args),
      datasync: done,
      sync: done,
      stat: () => handle.stat(),
      chmod: (to) => handle.chmod(to),
      close: () => handle.close(),
    };
  },
};

/** A disk that does what `fault` says at its `at`-th operation (1-based) and is the one beneath it otherwise. */
export function faultyFs(fault: Fault, at: number, disk: Fs = nodeFs): FaultyFs {
  let count = 0;
  let fired = false;
  let healed = false;
  const open = new Set<FsHandle>();

  async function operation<T>(effect: () => Promise<T>, takesSpace = false): Promise<T> {
    count += 1;
    const now = count === at;
    if (now) fired = true;
    if (typeof fault === 'object') {
      if (now) throw systemError(fault.fail);
      return effect();
    }
    if (fault === 'full') {
      if (count >= at && takesSpace && !healed) throw systemError('ENOSPC');
      return effect();
    }
    if (count > at || (now && fault === 'dieBefore')) throw new Died();
    const result = await effect();
    if (now) throw new Died();
    return result;
  }

  function wrap(handle: FsHandle): FsHandle {
    open.add(handle);
    return {
      read: (...args) => operation(() => handle.read(...args)),
      write: async (buffer, offset, length, position) => {
        const half = Math.floor(length / 2);
        const cutHere = count + 1 === at && half > 0;
        if (cutHere && fault === 'dieBefore') await handle.write(buffer, offset, half, position);
        if (cutHere && fault === 'full') {
          count += 1;
          fired = true;
          return handle.write(buffer, offset, half, position);
        }
        return operation(() => handle.write(buffer, offset, length, position), true);
      },
      datasync: () => operation(() => handle.datasync()),
      sync: () => operation(() => handle.sync()),
      stat: () => operation(() => handle.stat()),
      chmod: (mode) => operation(() => handle.chmod(mode)),
      close: () =>
        operation(() => {
          open.delete(handle);
          return handle.close();
        }),
    };
  }

  return {
    open: (path, flags, mode) =>
      operation(async () => wrap(await disk.open(path, flags, mode)), /[wa]/u.test(flags)),
    rename: (from, to) => operation(() => disk.rename(from, to)),
    unlink: (path) => operation(() => disk.unlink(path)),
    link: (existing, path) => operation(() => disk.link(existing, path), true),
    mkdir: (path) => operation(() => disk.mkdir(path)),
    readdir: (path) => operation(() => disk.readdir(path)),
    readFile: (path) => operation(() => disk.readFile(path)),
    stat: (path) => operation(() => disk.stat(path)),
    lstat: (path) => operation(() => disk.lstat(path)),
    realpath: (path) => operation(() => disk.realpath(path)),
    operations: () => count,
    fired: () => fired,
    heal: () => {
      healed = true;
    },
    cleanUp: async () => {
      for (const handle of open) await handle.close().catch(() => undefined);
      open.clear();
    },
  };
}

/**
 * Runs `body` with the fault at operation 1, 2, … until a run in which it never struck, and says how many runs had it.
 * `body` gets a fresh faulty disk and the operation's number.
 */
export async function atEveryOperation(
  fault: Fault | ((at: number) => Fault),
  body: (fs: FaultyFs, at: number) => Promise<void>,
  disk: Fs = nodeFs,
): Promise<number> {
  for (let at = 1; at < 10_000; at += 1) {
    const fs = faultyFs(typeof fault === 'function' ? fault(at) : fault, at, disk);
    try {
      await body(fs, at);
    } finally {
      await fs.cleanUp();
    }
    if (!fs.fired()) return at - 1;
  }
  throw new Error('the operation never ended');
}
