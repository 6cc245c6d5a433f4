import * as vscode from 'vscode';
import { visibleText } from '../core/visibleText.ts';
import type { EditorJobs, JobFailure } from './jobs.ts';
import type { JobState } from './ports.ts';
import {
  costText,
  count,
  jobName,
  moneyNumber,
  moneyText,
  progressText,
  timeText,
} from './texts.ts';

/** The one status bar item: what runs, how long it still takes, what the teacher has cost; a click says more. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #jobs: EditorJobs;
  readonly #listening: vscode.Disposable;

  constructor(jobs: EditorJobs) {
    this.#jobs = jobs;
    this.#item = vscode.window.createStatusBarItem(
      'tailor.status',
      vscode.StatusBarAlignment.Left,
      50,
    );
    this.#item.name = 'Tailor';
    this.#item.command = 'tailor.whatRuns';
    this.#listening = jobs.onDidChange(() => this.#show());
    this.#show();
  }

  dispose(): void {
    this.#listening.dispose();
    this.#item.dispose();
  }

  #show(): void {
    const job = this.#jobs.current;
    void vscode.commands.executeCommand('setContext', 'tailor.busy', job !== null);
    const failure = job ? null : this.#jobs.failure;
    if (!job && !failure) {
      this.#item.hide();
      return;
    }
    // The colour of errors is for what stands in the way, and for nothing else.
    this.#item.backgroundColor = failure
      ? new vscode.ThemeColor('statusBarItem.errorBackground')
      : undefined;
    this.#item.text = visibleText(job ? textOf(job) : failureText(failure));
    this.#item.tooltip = visibleText(job ? tooltipOf(job) : failureTooltip(failure));
    this.#item.show();
  }
}

function textOf(job: JobState): string {
  const cost = shortCost(job);
  return `$(loading~spin) ${jobName(job)} ${stateOf(job)}${cost === '' ? '' : ` · ${cost}`}`;
}

/** What is spent and what may be: in money where the round has a limit in it, else in tokens. */
function shortCost({ spent, left, currency }: JobState): string {
  if (!spent || !left) return '';
  if (spent.money !== undefined && left.money !== undefined && currency !== null) {
    const most = spent.money + left.money;
    return `${moneyNumber(spent.money)} / ${moneyText(most, currency)}`;
  }
  return `${count(spent.tokens)} / ${count(spent.tokens + left.tokens)}`;
}

function stateOf({ stopping, pausedUntil, progress }: JobState): string {
  if (stopping) return vscode.l10n.t('stopping');
  return pausedUntil === null
    ? progressText(progress)
    : vscode.l10n.t('rate limited, resumes {0}', timeText(pausedUntil));
}

function tooltipOf(job: JobState): string {
  const lines = [`${jobName(job)}: ${stateOf(job)}`];
  const cost = costText(job);
  if (cost !== null) lines.push(vscode.l10n.t('Teacher: {0}', cost));
  lines.push(vscode.l10n.t('Click to see it or to stop it.'));
  return lines.join('\n');
}

function failureText(failure: JobFailure | null): string {
  return failure ? `$(error) ${vscode.l10n.t('{0} stopped', failure.title)}` : '';
}

function failureTooltip(failure: JobFailure | null): string {
  return [failure?.message, failure?.hint].filter(Boolean).join('\n');
}
