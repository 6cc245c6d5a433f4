import * as vscode from 'vscode';
import type { Handler } from './commands.ts';
import type { Editor } from './editor.ts';
import { said } from './said.ts';
import { requireTrust } from './trust.ts';

/** Stops the work of this window, or else a training run that no window follows. */
export function stopHandler(editor: Editor): Handler {
  return async ({ root }) => {
    const at = root ?? editor.jobs.current?.root;
    if (at !== undefined && editor.jobs.of(at)) {
      await editor.jobs.stop(at);
      return;
    }
    requireTrust();
    const project = await editor.projects.pick(root);
    const { stop } = await import('../node/commands/stop.ts');
    const signal = new AbortController().signal;
    const { text } = await stop(editor.makeContext({ root: project.root, signal }));
    editor.log.info(String(text));
    void vscode.window.showInformationMessage(said(text).split('\n').join(' '));
  };
}
