import { join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, type CommandId } from './shared/commands.ts';
import { systemClock } from './node/storage/systemClock.ts';
import { registerCommands, type Handlers } from './vscode/commands.ts';
import { DisposableStore } from './vscode/disposableStore.ts';
import { RoundsTree } from './vscode/roundsTree.ts';
import { runInTerminal } from './vscode/terminalCommand.ts';

/** Wires the extension: a log, the Rounds tree, the commands. Nothing heavy is loaded and no process started. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Tailor', { log: true });
  const store = new DisposableStore((error) => {
    log.error(error instanceof Error ? error : String(error));
  });
  context.subscriptions.push(store);
  store.add(log);

  const tree = store.add(new RoundsTree(systemClock, (message) => log.warn(message)));
  store.add(vscode.window.registerTreeDataProvider('tailor.rounds', tree));
  const watcher = store.add(
    vscode.workspace.createFileSystemWatcher('**/{tailor.json,round.json,manifest.json}'),
  );
  for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
    store.add(event(() => tree.refresh()));
  }

  const cli = join(context.extensionPath, 'dist', 'cli.cjs');
  const inTerminal =
    (id: CommandId, ...args: string[]) =>
    (): Promise<void> =>
      runInTerminal(cli, [COMMANDS[id].cli, ...args], COMMANDS[id].title);
  const handlers: Handlers = {
    'tailor.init': inTerminal('tailor.init', '.', '--practice'),
    'tailor.import': inTerminal('tailor.import', '--help'),
    'tailor.exam': inTerminal('tailor.exam'),
    'tailor.audit': inTerminal('tailor.audit'),
    'tailor.teach': inTerminal('tailor.teach'),
    'tailor.decide': inTerminal('tailor.decide', 'list'),
    'tailor.freeze': inTerminal('tailor.freeze'),
    'tailor.train': inTerminal('tailor.train'),
    'tailor.round': inTerminal('tailor.round'),
    'tailor.status': inTerminal('tailor.status'),
    'tailor.compare': inTerminal('tailor.compare'),
    'tailor.doctor': inTerminal('tailor.doctor'),
    'tailor.teacher': inTerminal('tailor.teacher', '--programmatic'),
  };
  registerCommands(store, handlers, log);
}
