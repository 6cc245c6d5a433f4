import * as promises from 'node:fs/promises';

/** The facts of a file that storage decides by. */
export interface FileStat {
  readonly size: number;
  readonly mode: number;
  readonly nlink: number;
  readonly ino: number;
  readonly mtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** An open file; `write` may write fewer bytes than asked, as the system call does. */
export interface FsHandle {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ readonly bytesRead: number }>;
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
  sync(): Promise<void>;
  stat(): Promise<FileStat>;
  chmod(mode: number): Promise<void>;
  close(): Promise<void>;
}

/** Everything storage asks of a disk, so that a test can fail, shorten or cut off each single operation. */
export interface Fs {
  open(path: string, flags: string, mode?: number): Promise<FsHandle>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array>;
  stat(path: string): Promise<FileStat>;
  lstat(path: string): Promise<FileStat>;
  realpath(path: string): Promise<string>;
}

/** The real disk. */
export const nodeFs: Fs = {
  open: (path, flags, mode) => promises.open(path, flags, mode),
  rename: (from, to) => promises.rename(from, to),
  unlink: (path) => promises.unlink(path),
  link: (existing, path) => promises.link(existing, path),
  mkdir: async (path) => {
    await promises.mkdir(path, { recursive: true });
  },
  readdir: (path) => promises.readdir(path),
  readFile: (path) => promises.readFile(path),
  stat: (path) => promises.stat(path),
  lstat: (path) => promises.lstat(path),
  realpath: (path) => promises.realpath(path),
};
