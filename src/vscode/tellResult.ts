import * as vscode from 'vscode';
import { visibleText } from '../core/visibleText.ts';

/** What comes after a step, as a button under its result. */
export interface NextStep {
  readonly label: string;
  readonly command: string;
}

/** What came out, with the step that comes after it. */
export async function tellResult(text: string, next: NextStep | null, root: string): Promise<void> {
  const shown = visibleText(
    text
      .split('\n')
      // Digests are for files and logs, and what to type for terminals.
      .filter((line) => !line.startsWith('SHA-256') && !/: tailor [a-z]/u.test(line))
      .slice(0, 3)
      .join(' · '),
  );
  const buttons = next ? [next.label] : [];
  const chosen = await vscode.window.showInformationMessage(shown, ...buttons);
  if (next && chosen === next.label) await vscode.commands.executeCommand(next.command, { root });
}
