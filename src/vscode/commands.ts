import * as vscode from 'vscode';
import { isAppError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import type { CommandInfo } from '../shared/commands.ts';
import { visibleText } from '../core/visibleText.ts';
import type { Target } from './commandTarget.ts';
import type { DisposableStore } from './disposableStore.ts';
import { saidError } from './said.ts';
import { wayOut } from './waysOut.ts';

export type Handler = (target: Target) => Promise<void> | void;

/** Where failures go. */
export interface Edge {
  readonly log: Log;
  showLog(): void;
}

/**
 * Registers every command of a table; forgetting a handler does not compile. What they do is loaded when the first is
 * called. Commands give nothing back to callers.
 */
export function registerCommands<Id extends string>(
  store: DisposableStore,
  table: Readonly<Record<Id, CommandInfo>>,
  load: () => Promise<Readonly<Record<Id, Handler>>>,
  edge: Edge,
): void {
  // SAFETY: the keys of a table without index signature are exactly its key type.
  for (const id of Object.keys(table) as Id[]) {
    const { title } = table[id];
    const run = (called: unknown): Promise<void> =>
      runCommand(
        title,
        async () => {
          const [handlers, { parseTarget }] = await Promise.all([
            load(),
            import('./commandTarget.ts'),
          ]);
          await handlers[id](parseTarget(called));
        },
        edge,
      );
    store.add(vscode.commands.registerCommand(id, run));
  }
}

/** The one edge where a failure becomes something a person sees: silent when stopped, a sentence with a way on else. */
export async function runCommand(
  title: string,
  work: () => Promise<void> | void,
  edge: Edge,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isAppError(error, 'cancelled')) return;
    edge.log.error(describe(error));
    // Not awaited: a command is over when its work is, not when the person has read about it.
    void show(title, error, edge);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\nCaused by: ${describe(error.cause)}`;
  if (isAppError(error)) {
    return `${error.code}: ${error.message} ${error.hint ?? ''} ${JSON.stringify(error.detail)}${cause}`;
  }
  return `${error.stack ?? error.message}${cause}`;
}

async function show(title: string, error: unknown, edge: Edge): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const way = isAppError(error) ? wayOut(error.code) : null;
  const text = isAppError(error)
    ? saidError(error)
    : vscode.l10n.t('{0} failed unexpectedly. This is a defect; the log says more.', title);
  const buttons = [...(way ? [way.label] : []), showLog];
  const chosen = await vscode.window.showErrorMessage(visibleText(text), ...buttons);
  if (chosen === showLog) edge.showLog();
  else if (way && chosen === way.label) await vscode.commands.executeCommand(way.command);
}
