import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { OpenTarget, ReviewActions } from '../../node/review/ports.ts';
import type { Verb } from '../../shared/reviewContract.ts';
import { said } from '../said.ts';
import { openDataLine } from './dataLine.ts';
import { recordUri, type RecordPart } from './recordPart.ts';

/** What a view's verb does: a command by name, with nothing from the view in it. `host` is done right here. */
export const VERB_COMMANDS: Readonly<Record<Verb, { readonly command: string } | 'host'>> = {
  'create-project': { command: 'tailor.init' },
  'choose-student': { command: 'tailor.chooseStudent' },
  'run-exam': { command: 'tailor.exam' },
  'ask-teacher': { command: 'tailor.teach' },
  freeze: { command: 'tailor.freeze' },
  train: { command: 'tailor.train' },
  'run-round': { command: 'tailor.round' },
  stop: { command: 'tailor.stop' },
  'set-key': { command: 'tailor.setTeacherKey' },
  'choose-teacher': { command: 'tailor.chooseTeacher' },
  'manage-trust': { command: 'workbench.trust.manage' },
  'show-log': { command: 'tailor.showLog' },
  reload: 'host',
  'open-bad-line': 'host',
  'open-panel': { command: 'tailor.openReview' },
  'show-training': { command: 'tailor.showTraining' },
};

export interface ActionParts {
  readonly root: string | null;
  /** Closes the review and opens it anew. */
  readonly reload: () => void;
  /** Shows the first line of the project's files that cannot be read. */
  readonly openBadLine: () => Promise<void>;
  /** Goes to an item in the panel, which is opened afterwards where it is not there. */
  readonly showInPanel: (id: string) => void;
  readonly strings: () => Readonly<Record<string, string>>;
}

/** What the review service asks of the editor. */
export function reviewActions(parts: ActionParts): ReviewActions {
  const { root } = parts;
  const open = async (target: OpenTarget): Promise<void> => {
    if (root === null) return;
    switch (target.how) {
      case 'panel':
        parts.showInPanel(target.id);
        await vscode.commands.executeCommand('tailor.openReview');
        return;
      case 'data-line':
        await openDataLine(root, target.id);
        return;
      case 'record':
        await show(recordUri(part(root, target, 'record'), target.id));
        return;
      case 'diff':
        await compare(root, target);
        return;
      case 'my-edit':
        await compareEdit(root, target);
    }
  };
  return {
    run: async (verb) => {
      const what = VERB_COMMANDS[verb];
      if (what !== 'host') {
        // Not awaited: an exam takes minutes, and the view shows by itself how it goes.
        void vscode.commands.executeCommand(what.command, root === null ? undefined : { root });
      } else if (verb === 'reload') parts.reload();
      else await parts.openBadLine();
    },
    open,
    // Where the keyboard is, is noted where the views are joined.
    focus: () => undefined,
    strings: parts.strings,
    said,
  };
}

const part = (
  root: string,
  { round, id, candidate, sample }: OpenTarget,
  kind: RecordPart['part'],
): RecordPart => ({ root, round, id, part: kind, candidate, sample });

async function show(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}

async function compare(root: string, target: OpenTarget): Promise<void> {
  const { candidate, sample, id } = target;
  if (candidate === null || sample === null) throw nothingToCompare();
  const label = vscode.l10n.t('{0}: attempt {1} and rationale', id, sample + 1);
  await vscode.commands.executeCommand(
    'vscode.diff',
    recordUri({ ...part(root, target, 'attempt'), candidate: null }, `${id} attempt ${sample + 1}`),
    recordUri({ ...part(root, target, 'candidate'), sample: null }, `${id} rationale`),
    label,
  );
}

async function compareEdit(root: string, target: OpenTarget): Promise<void> {
  const { candidate, id } = target;
  if (candidate === null) throw nothingToCompare();
  await vscode.commands.executeCommand(
    'vscode.diff',
    recordUri({ ...part(root, target, 'original'), sample: null }, `${id} original`),
    recordUri({ ...part(root, target, 'edit'), sample: null }, `${id} edited`),
    vscode.l10n.t('{0}: original and edit', id),
  );
}

function nothingToCompare(): AppError {
  return new AppError('usage', vscode.l10n.t('There is nothing to compare on this item.'), {
    hint: vscode.l10n.t('Choose an attempt and a rationale first.'),
  });
}
