import * as vscode from 'vscode';
import { cancelled } from '../core/errors.ts';
import { shellWord } from '../core/shellWord.ts';
import type { ProjectFile } from '../core/project/projectFile.ts';
import { loadProject } from '../node/project/loadProject.ts';
import { ALL_COMMANDS } from '../shared/commands.ts';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';

/** "Copy as Command Line": what does in a terminal what a palette command does here. */
export function copyCommandLineHandler(editor: Editor): Handler {
  return async (target) => {
    const { root } = await editor.projects.pick(target.root);
    const { file } = await loadProject(root);
    const windows = process.platform === 'win32';
    const items = commandLines({ root, file, round: target.round, windows }).map(
      ({ title, line }) => ({ label: title, description: line }),
    );
    const chosen = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Copy as Command Line'),
      matchOnDescription: true,
    });
    if (!chosen) throw cancelled();
    await vscode.env.clipboard.writeText(chosen.description);
  };
}

/** Twins that need a folder, a file or an item besides, which nobody has named: a line without it would only fail. */
const INCOMPLETE: ReadonlySet<string> = new Set(['init', 'import', 'export', 'decide', 'again']);
/** Asking again is about one item, `tailor teach` about all that were never asked about; so it is with opinions. */
const OF_ONE_ITEM: ReadonlySet<string> = new Set(['tailor.review.ask', 'tailor.review.opinion']);
const TAKE_ROUND: ReadonlySet<string> = new Set([
  'exam',
  'audit',
  'teach',
  'opinion',
  'decide',
  'freeze',
  'train',
]);

/** The lines that can be run as they stand, with the command of the palette that each is the twin of. */
export function commandLines({
  root,
  file,
  round,
  windows,
}: {
  readonly root: string;
  readonly file: Pick<ProjectFile, 'student' | 'servedBy' | 'teacher' | 'chat'>;
  readonly round: number | undefined;
  readonly windows: boolean;
}): { readonly title: string; readonly line: string }[] {
  // What is chosen now stands for what will be: a line to change one word in.
  const values: Readonly<Record<string, string>> = {
    'choose --student': file.student,
    'choose --server': file.servedBy ?? 'engine',
    'choose --teacher': file.teacher,
    'choose --chat': file.chat === undefined ? 'plain' : 'template',
  };
  return Object.entries(ALL_COMMANDS).flatMap(([id, { title, cli }]) => {
    if (cli === null || INCOMPLETE.has(cli) || OF_ONE_ITEM.has(id)) return [];
    const words = ['tailor', cli];
    const value = values[cli];
    if (value !== undefined) words.push(shellWord(value, { windows }));
    const takesRound = TAKE_ROUND.has(cli.split(' ')[0] ?? '');
    if (round !== undefined && takesRound) words.push(`--round ${round}`);
    return [{ title, line: [...words, '--project', shellWord(root, { windows })].join(' ') }];
  });
}
