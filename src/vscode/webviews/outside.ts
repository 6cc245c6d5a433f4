import * as vscode from 'vscode';
import type { Outside } from '../../node/review/ports.ts';
import type { Disposable } from '../disposableStore.ts';
import type { Jobs, JobState, Stage } from '../ports.ts';
import { said } from '../said.ts';
import { jobName } from '../texts.ts';

export interface OutsideParts {
  readonly jobs: Pick<Jobs, 'onDidChange'> & { of(root: string): JobState | null };
  /** Whether the project's teacher can be asked now; answered from what is known, without waiting. */
  readonly teacherReady: (root: string) => boolean;
  readonly onTeacherChange: (listener: () => void) => Disposable;
}

const RUNNING: Readonly<Record<Stage, 'exam' | 'teach' | 'train' | 'other'>> = {
  exam: 'exam',
  teach: 'teach',
  train: 'train',
  curate: 'other',
  freeze: 'other',
  round: 'other',
  other: 'other',
};

/** What happens outside review, as the editor knows it. */
export class EditorOutside {
  readonly #parts: OutsideParts;

  constructor(parts: OutsideParts) {
    this.#parts = parts;
  }

  now(root: string): Outside {
    const job = this.#parts.jobs.of(root);
    return {
      trusted: vscode.workspace.isTrusted,
      job: job && jobOf(job),
      teacherReady: this.#parts.teacherReady(root),
      paced: job?.pausedUntil == null ? null : pacedText(job.pausedUntil),
      singleKeys: vscode.workspace
        .getConfiguration('tailor')
        .get<boolean>('review.singleKeyShortcuts', true),
    };
  }

  onDidChange(listener: () => void): Disposable {
    const all = [
      this.#parts.jobs.onDidChange(listener),
      this.#parts.onTeacherChange(listener),
      vscode.workspace.onDidGrantWorkspaceTrust(listener),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tailor.review')) listener();
      }),
    ];
    return { dispose: () => all.forEach((one) => void one.dispose()) };
  }
}

function jobOf(job: JobState): Outside['job'] {
  const { stage, progress } = job;
  return {
    running: RUNNING[stage],
    stage: jobName(job),
    done: progress?.done ?? 0,
    total: progress?.total ?? 0,
    etaMs: progress?.etaMs ?? null,
    note: progress?.note === undefined ? null : said(progress.note),
  };
}

function pacedText(until: number): string {
  const time = new Date(until).toLocaleTimeString(vscode.env.language, {
    hour: '2-digit',
    minute: '2-digit',
  });
  return vscode.l10n.t('The teacher asked for a pause; it resumes at {0}.', time);
}
