import * as vscode from 'vscode';
import type { Step } from '../core/round/step.ts';
import { formatP, formatRate } from '../core/round/statistics.ts';
import type { SetResult } from '../core/round/summary.ts';
import type { RoundFacts } from '../node/project/roundFacts.ts';
import { checkLines } from '../core/round/checkLines.ts';
import type { JobState } from './ports.ts';
import { said } from './said.ts';
import { count, percentText, progressText, timeText } from './texts.ts';

/**
 * todo: not its turn · ready: the next thing to do · running, stopping: a job of this window · away: trained by a
 * process that this window does not follow · done
 */
export type StepPhase = 'todo' | 'ready' | 'running' | 'stopping' | 'away' | 'done';

export interface StepLook {
  readonly label: string;
  readonly phase: StepPhase;
  readonly description: string;
  readonly icon: string;
}

const ICON: Readonly<Record<StepPhase, string>> = {
  todo: 'circle-outline',
  ready: 'circle-large-outline',
  running: 'loading~spin',
  stopping: 'loading~spin',
  away: 'sync',
  done: 'check',
};

/** How a step of a round looks; `facts` is null for a round that has not begun. */
export function stepLook(
  step: Step,
  facts: RoundFacts | null,
  next: Step | null,
  job: JobState | null,
): StepLook {
  const fact = facts && factOf(step, facts);
  const phase = phaseOf(step, fact ?? null, facts, next, job);
  return {
    label: labelOf(step),
    phase,
    icon: ICON[phase],
    description: describe(phase, fact, job),
  };
}

function phaseOf(
  step: Step,
  fact: string | null,
  facts: RoundFacts | null,
  next: Step | null,
  job: JobState | null,
): StepPhase {
  if (job) return job.stopping ? 'stopping' : 'running';
  if (step === 'train' && facts?.run?.status === 'running') return 'away';
  if (step === next) return 'ready';
  return fact === null ? 'todo' : 'done';
}

function describe(phase: StepPhase, fact: string | null, job: JobState | null): string {
  switch (phase) {
    case 'running':
      return job?.pausedUntil != null
        ? vscode.l10n.t('rate limited, resumes {0}', timeText(job.pausedUntil))
        : progressText(job?.progress ?? null);
    case 'stopping':
      return vscode.l10n.t('stopping');
    case 'away':
      return vscode.l10n.t('running outside this window');
    case 'ready':
      return fact ?? vscode.l10n.t('next');
    case 'todo':
      return '';
    case 'done':
      return fact ?? '';
  }
}

function labelOf(step: Step): string {
  switch (step) {
    case 'exam':
      return vscode.l10n.t('Exam');
    case 'teach':
      return vscode.l10n.t('Teaching');
    case 'curate':
      return vscode.l10n.t('Review');
    case 'freeze':
      return vscode.l10n.t('Frozen set');
    case 'train':
      return vscode.l10n.t('Training');
  }
}

/** What a step left behind, in a few words; null while there is nothing. */
function factOf(step: Step, facts: RoundFacts): string | null {
  const { summary, review, run } = facts;
  const { state, manifest } = summary;
  switch (step) {
    case 'exam': {
      const dev = devOf(facts);
      const train = state.exams['train'];
      const parts = [
        ...(dev ? [`dev ${percentText(dev.accuracy.rate)} (n=${count(dev.accuracy.n)})`] : []),
        ...(train ? [vscode.l10n.t('train {0} × {1}', count(train.questions), train.samples)] : []),
      ];
      return parts.length === 0 ? null : parts.join(' · ');
    }
    case 'teach': {
      const { teaching } = state;
      if (!teaching) return null;
      const what = vscode.l10n.t('{0} rationales', count(teaching.accepted));
      return teaching.programmatic ? vscode.l10n.t('{0} (programmatic)', what) : what;
    }
    case 'curate':
      return review.questions === 0
        ? null
        : vscode.l10n.t(
            '{0} of {1} with a rationale decided',
            count(review.decided),
            count(review.questions),
          );
    case 'freeze':
      return manifest
        ? vscode.l10n.t(
            '{0} questions, {1} with a pair',
            count(manifest.coverage.withRationale),
            count(manifest.coverage.withPair),
          )
        : null;
    case 'train':
      if (state.training?.student) return state.training.student.path;
      return run ? vscode.l10n.t('stopped; resumes from its checkpoint') : null;
  }
}

/** "37.9 % → 43.6 % (dev, n=747)": the student that enters a round and the one that leaves it. */
export function roundDescription(facts: RoundFacts | null, after: RoundFacts | null): string {
  const before = facts && devOf(facts);
  if (!before) return facts?.summary.state.student.path ?? '';
  const then = after && devOf(after);
  const n = `(dev, n=${count(before.accuracy.n)})`;
  const from = percentText(before.accuracy.rate);
  return then ? `${from} → ${percentText(then.accuracy.rate)} ${n}` : `${from} ${n}`;
}

/** Intervals and what changed: what a description is too short for. */
export function roundTooltip(facts: RoundFacts | null, after: RoundFacts | null): string {
  const lines: string[] = [];
  const before = facts && devOf(facts);
  const then = after && devOf(after);
  if (facts) lines.push(vscode.l10n.t('Student: {0}', facts.summary.state.student.path));
  if (before) lines.push(`dev ${said(formatRate(before.accuracy))}`);
  if (facts) lines.push(...checkLines(facts.summary.round, facts.summary.state).map(said));
  if (then) {
    lines.push(vscode.l10n.t('after training: {0}', `dev ${said(formatRate(then.accuracy))}`));
    const { change } = then;
    if (change) {
      const p = change.mcnemarP === null ? '' : `, McNemar ${said(formatP(change.mcnemarP))}`;
      lines.push(
        vscode.l10n.t('fixed {0}, newly wrong {1}', change.fixed.length, change.newlyWrong.length) +
          p,
      );
    }
  }
  return lines.join('\n');
}

const devOf = (facts: RoundFacts): SetResult | undefined =>
  facts.summary.results.find(({ set, accuracy }) => set === 'dev' && accuracy.n > 0);
