import * as vscode from 'vscode';
import type { CommandId } from '../shared/commands.ts';
import type { Handler } from './commands.ts';
import { copyCommandLineHandler } from './copyCommandLine.ts';
import type { Editor } from './editor.ts';
import { exportHandler } from './exportSet.ts';
import { guidedHandlers } from './guided/handlers.ts';
import { applyHandler } from './language/applyEdits.ts';
import { openRowHandler } from './language/openRow.ts';
import { lookHandlers } from './lookAt.ts';
import { lookAtTestHandler } from './lookAtTest.ts';
import { stepHandlers } from './runSteps.ts';
import { stopHandler } from './stopHandler.ts';
import { terminalHandlers } from './terminalCommand.ts';
import { whatRunsHandler } from './whatRuns.ts';
import { writeReportHandler } from './writeReport.ts';

/** What every command of the palette does; loaded with the first one that is called. */
export function editorHandlers(
  editor: Editor,
  showLog: () => void,
): Readonly<Record<CommandId, Handler>> {
  return {
    ...stepHandlers(editor),
    ...lookHandlers(editor),
    ...guidedHandlers(editor),
    ...terminalHandlers(editor.assets.installation, editor.projects),
    'tailor.lookAtTest': lookAtTestHandler(editor),
    'tailor.export': exportHandler(editor),
    'tailor.report': writeReportHandler(editor),
    'tailor.opinion': async (target) =>
      (await import('./opinions.ts')).opinionHandler(editor)(target),
    'tailor.stop': stopHandler(editor),
    'tailor.apply': applyHandler(editor),
    'tailor.openRow': openRowHandler(editor.projects),
    'tailor.decide': () => void vscode.commands.executeCommand('tailor.review.focus'),
    'tailor.copyCommandLine': copyCommandLineHandler(editor),
    'tailor.whatRuns': whatRunsHandler(editor),
    'tailor.showLog': showLog,
  };
}
