import * as vscode from 'vscode';
import { isAppError } from '../../core/errors.ts';
import { saidError } from '../said.ts';

/** A failure as the editor itself shows it when it opens or saves: one text, or silence where the person stopped it. */
export function editorError(error: unknown): unknown {
  if (isAppError(error, 'cancelled')) return new vscode.CancellationError();
  return isAppError(error) ? new Error(saidError(error), { cause: error }) : error;
}

/** Does work for the editor, which understands such failures alone. */
export async function forEditor<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw editorError(error);
  }
}
