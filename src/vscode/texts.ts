import * as vscode from 'vscode';
import type { Progress } from '../core/ports.ts';
import { formatDuration } from '../node/terminal/format.ts';
import type { Cost, JobState } from './ports.ts';
import { said } from './said.ts';

/** "412/7473 · 6 min 00 s left", as far as it is known. */
export function progressText(progress: Progress | null): string {
  if (!progress) return vscode.l10n.t('starting');
  const { stage, done, total, etaMs, note } = progress;
  const parts = [total > 0 ? `${done}/${total}` : said(stage)];
  if (etaMs !== null && done < total) {
    parts.push(vscode.l10n.t('{0} left', formatDuration(etaMs / 1000)));
  }
  if (note !== undefined) parts.push(said(note));
  return parts.join(' · ');
}

/**
 * The same for a row that is some thirty characters wide: the set that an exam is at comes first. Beside a time that is
 * left there is no room for a note.
 */
export function progressLine(progress: Progress | null): string {
  if (!progress) return progressText(null);
  const { note, set, ...others } = progress;
  const shown = note !== undefined && others.etaMs === null ? { ...others, note } : others;
  const text = progressText(shown);
  return set !== undefined && others.total > 0 ? `${set} ${text}` : text;
}

/** What a job is at. An exam names its set: its progress begins anew with each. */
export function jobName({ stage, title, progress }: JobState): string {
  if (stage !== 'exam' || progress === null) return title;
  const text = said(progress.stage);
  return text.slice(0, 1).toLocaleUpperCase(vscode.env.language) + text.slice(1);
}

/** "312 calls, 84,100 tokens spent; 9,688 calls, 4,915,900 tokens left"; null where no teacher is asked. */
export function costText({ spent, left, currency }: JobState): string | null {
  if (!spent || !left) return null;
  const of = ({ requests, tokens, money }: Cost): string => {
    const counted = vscode.l10n.t('{0} calls, {1} tokens', count(requests), count(tokens));
    return money === undefined || currency === null
      ? counted
      : `${counted}, ${moneyText(money, currency)}`;
  };
  return vscode.l10n.t('{0} spent; {1} left', of(spent), of(left));
}

/** "14:32" in the person's language. */
export function timeText(at: number): string {
  return new Date(at).toLocaleTimeString(vscode.env.language, {
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** "1.25", and "0.0042" where two places would show nothing. */
export function moneyNumber(amount: number): string {
  const places = amount > 0 && amount < 0.1 ? 4 : 2;
  const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
  return amount.toLocaleString(vscode.env.language, digits);
}

/** "1.25 USD": the currency as the person wrote it. */
export const moneyText = (amount: number, currency: string): string =>
  `${moneyNumber(amount)} ${currency}`;

const ONE_PLACE = { minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;

/** "37.9 %" with the decimal mark of the person's language. */
export const percentText = (rate: number): string => `${percentNumber(rate)} %`;

/** "37.9": the same where the sign follows later. */
export const percentNumber = (rate: number): string =>
  (rate * 100).toLocaleString(vscode.env.language, ONE_PLACE);

/** A whole number with the digit groups of the person's language. */
export const count = (value: number): string => value.toLocaleString(vscode.env.language);
