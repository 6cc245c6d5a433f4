import * as vscode from 'vscode';
import type { ErrorCode } from '../core/errors.ts';

/** A button under a failure that does something about it. */
export interface WayOut {
  readonly label: string;
  readonly command: string;
}

/** What helps with a failure, where a command does. */
export function wayOut(code: ErrorCode): WayOut | null {
  const { t } = vscode.l10n;
  const ways: Partial<Record<ErrorCode, WayOut>> = {
    'trust.required': { label: t('Manage Trust'), command: 'workbench.trust.manage' },
    'project.missing': { label: t('Create Project'), command: 'tailor.init' },
    'data.missing': { label: t('Import Data'), command: 'tailor.import' },
  };
  return ways[code] ?? null;
}
