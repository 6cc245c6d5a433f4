import { fork, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { fromWire, toWire } from '../../core/wireText.ts';
import {
  childMessageSchema,
  type ChildMessage,
  type ParentMessage,
} from '../../core/exam/engineContract.ts';
import { childEnvironment } from '../childEnvironment.ts';

/** What is kept of a child's standard error: the end, where a native abort explains itself. */
const STDERR_CHARACTERS = 4000;

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export interface ChildEvents {
  onMessage(message: ChildMessage): void;
  /** The process is gone, or could not be started. */
  onExit(exit: ChildExit): void;
}

/** One engine process at lowest priority. It ends when told to, when its parent dies, or when killed. */
export class EngineChild {
  readonly exited: Promise<void>;
  private readonly child: ChildProcess;
  private readonly events: ChildEvents;
  private stderr = '';
  private gone = false;

  /** @param bundle Path of dist/engine.cjs. */
  constructor(bundle: string, events: ChildEvents) {
    this.events = events;
    this.child = fork(bundle, [], {
      env: { ...childEnvironment(process.env), ELECTRON_RUN_AS_NODE: '1' },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json',
    });
    lowerPriority(this.child.pid);
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_CHARACTERS);
    });
    this.child.on('message', (raw) => this.receive(raw));
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (this.gone) return;
        this.gone = true;
        resolve();
        events.onExit({ code, signal, stderr: this.stderr });
      };
      // `close` comes after the last message and the last of stderr were read.
      this.child.once('close', end);
      this.child.once('error', (error) => {
        this.stderr += error.message;
        if (this.child.pid === undefined) end(null, null);
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** A message to a process that is just ending is dropped: its exit is reported anyway. */
  send(message: ParentMessage): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  kill(): void {
    if (!this.gone) this.child.kill('SIGKILL');
  }

  private receive(raw: unknown): void {
    const parsed = childMessageSchema.safeParse(raw);
    if (parsed.success) {
      this.events.onMessage(parsed.data);
      return;
    }
    this.events.onMessage({
      type: 'error',
      code: 'unexpected',
      message: toWire(sentence`The engine process sent a message that Tailor does not know.`),
      hint: toWire(sentence`Install Tailor again: its parts do not belong together.`),
      detail: { issue: parsed.error.issues[0]?.message },
    });
  }
}

/** The failure that a child reported, as an AppError. */
export function childError(message: Extract<ChildMessage, { type: 'error' }>): AppError {
  return new AppError(message.code, fromWire(message.message), {
    ...(message.hint === null ? {} : { hint: fromWire(message.hint) }),
    detail: message.detail,
  });
}

function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    os.setPriority(pid, os.constants.priority.PRIORITY_LOW);
  } catch {
    // It may have ended already, or the system forbids it: the exam runs all the same.
  }
}
