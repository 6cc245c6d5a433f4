import * as vscode from 'vscode';
import { DATASET_ACTIONS, type DATASET_COMMANDS } from '../../shared/datasetCommands.ts';
import type { DatasetCommand } from '../../shared/datasetContract.ts';
import type { Handler } from '../commands.ts';
import type { Projects } from '../ports.ts';
import { chooseFile } from './chooseFile.ts';
import { DATASET_EDITOR } from './names.ts';

type ActionId = keyof typeof DATASET_ACTIONS;

/** What the commands of the Dataset Editor do. */
export function datasetHandlers(parts: {
  readonly projects: Projects & { known(): Promise<void> };
  readonly forward: (name: DatasetCommand) => Promise<void>;
  readonly showLine: (path: string, line: number) => Promise<void>;
}): Readonly<Record<keyof typeof DATASET_COMMANDS, Handler>> {
  const forwarded = Object.entries(DATASET_ACTIONS).map(([id, { name }]): [string, Handler] => [
    id,
    () => parts.forward(name),
  ]);
  return {
    // SAFETY: one handler for every key of the table, made from that table.
    ...(Object.fromEntries(forwarded) as Record<ActionId, Handler>),
    'tailor.openDataset': async (target) => {
      const file = await chooseFile(target, parts.projects);
      await vscode.commands.executeCommand('vscode.openWith', file, DATASET_EDITOR);
      if (target.line !== undefined) await parts.showLine(file.fsPath, target.line);
    },
  };
}
