import * as vscode from 'vscode';
import { COMMANDS, type CommandId } from '../shared/commands.ts';
import { isAppError } from '../core/errors.ts';
import type { DisposableStore } from './disposableStore.ts';

export type Handlers = Readonly<Record<CommandId, () => Promise<void> | void>>;

/** Registers every command of the table; forgetting a handler does not compile. */
export function registerCommands(
  store: DisposableStore,
  handlers: Handlers,
  log: vscode.LogOutputChannel,
): void {
  for (const id of commandIds()) {
    store.add(vscode.commands.registerCommand(id, () => runCommand(id, handlers[id], log)));
  }
}

function commandIds(): CommandId[] {
  // SAFETY: the keys of a literal object without index signature are exactly its key type.
  return Object.keys(COMMANDS) as CommandId[];
}

/** The one edge where a failure becomes something a person sees: silent when stopped, a sentence with a way on else. */
async function runCommand(
  id: CommandId,
  handler: () => Promise<void> | void,
  log: vscode.LogOutputChannel,
): Promise<void> {
  try {
    await handler();
  } catch (error) {
    if (isAppError(error, 'cancelled')) return;
    log.error(error instanceof Error ? error : String(error));
    const showLog = vscode.l10n.t('Show Log');
    const text = isAppError(error)
      ? [error.message, error.hint].filter(Boolean).join(' ')
      : vscode.l10n.t('{0} failed unexpectedly.', COMMANDS[id].title);
    if ((await vscode.window.showErrorMessage(text, showLog)) === showLog) log.show();
  }
}
