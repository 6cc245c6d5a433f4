import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { Clock, Log, Report } from '../core/ports.ts';
import type { CommandContext } from '../node/commands/context.ts';
import type { Assets, TrainerManners, Watch } from '../node/session/session.ts';
import { visibleText } from '../core/visibleText.ts';

/** What differs from one piece of work to the next. */
export interface ContextParts {
  /** A project's root, or a folder that is to become one. */
  readonly root: string;
  readonly signal: AbortSignal;
  readonly report?: Report;
  readonly watch?: Watch;
  readonly trainer?: TrainerManners;
}

export type MakeContext = (parts: ContextParts) => CommandContext;

/** Where the parts of this extension lie. */
export function assetsOf(extensionPath: string): Assets {
  return {
    installation: extensionPath,
    engine: join(extensionPath, 'dist', 'engine.cjs'),
    bridge: join(extensionPath, 'python-bridge'),
    media: join(extensionPath, 'media'),
  };
}

/** The log channel as the loop's log: no secret, and hidden characters visible. */
export function editorLog(channel: vscode.LogOutputChannel, redact: (text: string) => string): Log {
  const clean = (text: string): string => visibleText(redact(text));
  return {
    debug: (message) => channel.debug(clean(message)),
    info: (message) => channel.info(clean(message)),
    warn: (message) => channel.warn(clean(message)),
    error: (message) => channel.error(clean(message)),
  };
}

/** The editor's side of what the commands run in. */
export function contextMaker(fixed: {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly log: Log;
  readonly environment: CommandContext['environment'];
  /** The interpreter that the person's own settings name, at this moment. */
  readonly python: () => string | undefined;
  readonly keyFor: NonNullable<CommandContext['keyFor']>;
  readonly confirmPython: NonNullable<CommandContext['confirmPython']>;
}): MakeContext {
  const { assets, clock, log, environment, keyFor, confirmPython } = fixed;
  return ({ root, signal, report, watch, trainer }) => ({
    assets,
    clock,
    log,
    environment,
    keyFor,
    confirmPython,
    python: fixed.python(),
    signal,
    report: report ?? (() => undefined),
    watch,
    trainer,
    options: { folder: root },
  });
}
