import * as vscode from 'vscode';
import { isSaid, type AppError } from '../core/errors.ts';
import { say, type Text } from '../core/sentence.ts';
import type { WireError } from '../shared/contract.ts';

/** A text of the core in the person's language. */
export function said(text: Text): string {
  return say(text, vscode.l10n.t);
}

/** What happened and what to do about it, in the person's language. */
export function saidError({ said: { message, hint } }: AppError): string {
  return hint === undefined ? said(message) : `${said(message)} ${said(hint)}`;
}

/** What a webview is told of a failure, in the person's language. */
export function saidOnWire(wire: WireError, error: unknown): WireError {
  if (isSaid(error)) {
    const { message, hint } = error.said;
    return {
      code: wire.code,
      message: said(message),
      ...(hint === undefined ? {} : { hint: said(hint) }),
    };
  }
  if (wire.code !== 'unexpected') return wire;
  return {
    code: wire.code,
    message: vscode.l10n.t('Something went wrong that was not foreseen.'),
    hint: vscode.l10n.t('The log says more.'),
  };
}
