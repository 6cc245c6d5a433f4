import * as vscode from 'vscode';
import type { Step } from '../core/round/step.ts';
import { lastPart } from '../core/lastPart.ts';
import { formatP, formatRate } from '../core/round/statistics.ts';
import type { SetResult } from '../core/round/summary.ts';
import type { RoundFacts } from '../node/project/roundFacts.ts';
import { checkLines } from '../core/round/checkLines.ts';
import type { JobState } from './ports.ts';
import { said } from './said.ts';
import {
  count,
  percentNumber,
  percentText,
  progressLine,
  progressText,
  timeText,
} from './texts.ts';

/**
 * todo: not its turn · ready: the next thing to do · running, stopping: a job of this window · away: trained by a
 * process that this window does not follow · done
 */
export type StepPhase = 'todo' | 'ready' | 'running' | 'stopping' | 'away' | 'done';

export interface StepLook {
  readonly label: string;
  readonly phase: StepPhase;
  /** What fits into a side bar as wide as it is at first. */
  readonly description: string;
  /** The whole of it. */
  readonly tooltip: string;
  readonly icon: string;
}

/** What a step left behind, in as few words as a row has room for, and in all of them. */
interface Fact {
  readonly short: string;
  readonly full: string;
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
  const phase = phaseOf(step, fact, facts, next, job);
  const label = labelOf(step);
  const { short, full } = describe(phase, fact, job);
  const tooltip = full === '' ? label : `${label}: ${full}`;
  return { label, phase, icon: ICON[phase], description: short, tooltip };
}

function phaseOf(
  step: Step,
  fact: Fact | null,
  facts: RoundFacts | null,
  next: Step | null,
  job: JobState | null,
): StepPhase {
  if (job) return job.stopping ? 'stopping' : 'running';
  if (step === 'train' && facts?.run?.status === 'running') return 'away';
  if (step === next) return 'ready';
  return fact === null ? 'todo' : 'done';
}

function describe(phase: StepPhase, fact: Fact | null, job: JobState | null): Fact {
  const { t } = vscode.l10n;
  const nothing = { short: '', full: '' };
  switch (phase) {
    case 'running': {
      if (job?.pausedUntil == null) {
        const progress = job?.progress ?? null;
        return { short: progressLine(progress), full: progressText(progress) };
      }
      const until = timeText(job.pausedUntil);
      return { short: t('paused until {0}', until), full: t('rate limited, resumes {0}', until) };
    }
    case 'stopping':
      return same(t('stopping'));
    case 'away':
      return { short: t('runs elsewhere'), full: t('running outside this window') };
    case 'ready':
      return fact ?? same(t('next'));
    case 'todo':
      return nothing;
    case 'done':
      return fact ?? nothing;
  }
}

const same = (text: string): Fact => ({ short: text, full: text });

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

/** Null while there is nothing. */
function factOf(step: Step, facts: RoundFacts): Fact | null {
  const { t } = vscode.l10n;
  const { summary, review, run } = facts;
  const { state, manifest } = summary;
  switch (step) {
    case 'exam': {
      const dev = devOf(facts);
      const train = state.exams['train'];
      const parts = [
        ...(dev ? [`dev ${percentText(dev.accuracy.rate)} (n=${count(dev.accuracy.n)})`] : []),
        ...(train ? [t('train {0} × {1}', count(train.questions), train.samples)] : []),
      ];
      const [first] = parts;
      return first === undefined ? null : { short: first, full: parts.join(' · ') };
    }
    case 'teach': {
      const { teaching } = state;
      if (!teaching) return null;
      const accepted = count(teaching.accepted);
      const what = t('{0} rationales', accepted);
      if (!teaching.programmatic) return same(what);
      return { short: t('{0} by a program', accepted), full: t('{0} (programmatic)', what) };
    }
    case 'curate': {
      if (review.questions === 0) return null;
      const [decided, questions] = [count(review.decided), count(review.questions)];
      return {
        short: t('{0}/{1} rationales', decided, questions),
        full: t('{0} of {1} with a rationale decided', decided, questions),
      };
    }
    case 'freeze': {
      if (!manifest) return null;
      const { withRationale, withPair } = manifest.coverage;
      const questions = count(withRationale);
      return {
        short: t('{0} questions', questions),
        full: t('{0} questions, {1} with a pair', questions, count(withPair)),
      };
    }
    case 'train': {
      const student = state.training?.student;
      // The end of a path says which student it is, and is what a narrow row would cut off.
      if (student) return { short: lastPart(student.path), full: student.path };
      if (!run) return null;
      return { short: t('stopped, resumes'), full: t('stopped; resumes from its checkpoint') };
    }
  }
}

/** "37.9 → 43.6 % (dev, n=747)": the student that enters a round and the one that leaves it. */
export function roundDescription(facts: RoundFacts | null, after: RoundFacts | null): string {
  const before = facts && devOf(facts);
  if (!before) return lastPart(facts?.summary.state.student.path ?? '');
  const then = after && devOf(after);
  const n = `(dev, n=${count(before.accuracy.n)})`;
  const { rate } = before.accuracy;
  return then
    ? `${percentNumber(rate)} → ${percentText(then.accuracy.rate)} ${n}`
    : `${percentText(rate)} ${n}`;
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
