import { basename } from 'node:path';
import { labelOf } from '../../core/curation/decisionLog.ts';
import { sayBy } from '../../core/curation/say.ts';
import type { UndoStep } from '../../core/curation/undoStack.ts';
import { joined } from '../../core/sentence.ts';
import type { Banner, Job, Snapshot } from '../../shared/reviewContract.ts';
import { countLate } from '../../core/round/lateDecisions.ts';
import { PROGRAMMATIC } from '../teacher/profiles.ts';
import type { Say } from './say.ts';
import type { ReviewService } from './service.ts';
import { phaseOf, primaryOf, refusalOf, type Situation } from './situation.ts';

const NO_COUNTS: Snapshot['counts'] = {
  total: 0,
  todo: 0,
  accepted: 0,
  edited: 0,
  rejected: 0,
  flagged: 0,
  byRule: 0,
  pairs: 0,
};

/** Everything the views show but rows and records. */
export function snapshotOf(service: ReviewService, say: Say): Snapshot {
  const { opened, outside, decider, failure } = service;
  const review = opened?.review ?? null;
  const project = opened?.session.store.project ?? null;
  const situation: Situation = {
    facts: opened?.facts ?? null,
    loading: opened === null,
    failure: failure ? service.options.actions.said(failure.said.message) : null,
    gone: failure?.code === 'project.missing',
    outside,
    counts: review?.tally.counts ?? NO_COUNTS,
    taught: review?.taught ?? false,
    late: review
      ? countLate(
          review.round,
          review.book.events(review.round),
          opened?.facts.decidedUpTo ?? undefined,
        )
      : 0,
    isLast: project !== null && review !== null && review.round >= project.rounds,
  };
  const phase = phaseOf(situation);
  const reading = review?.reading ?? null;
  const reason = reading ? say('host.reason.loading') : refusalOf(situation, phase, say);
  const { undo, redo } = decider.stack();
  const words = sayBy(service.options.actions.strings());
  const labelled = (step: UndoStep | null): string | null =>
    step === null ? null : labelOf(step.of, words);
  return {
    rev: service.rev,
    phase,
    project: project?.name ?? basename(service.root),
    round: review?.round ?? 0,
    rounds: [...(opened?.facts.rounds ?? [])],
    counts: situation.counts,
    banners: bannersOf(service, say),
    job: jobOf(service, say),
    primary: primaryOf(situation, phase, say),
    undo: reason === null ? labelled(undo) : null,
    redo: reason === null ? labelled(redo) : null,
    spotCheck: reason === null ? decider.spotCheckState() : null,
    savedFilters: [...service.saved.list],
    writable: reason === null,
    reason,
    teacher: project?.teacher ?? '',
    canAsk:
      reason === null &&
      outside.trusted &&
      outside.teacherReady &&
      outside.job === null &&
      service.asking.job === null &&
      service.askingStudent.job === null,
    noAgain: service.askingStudent.refusal(),
    disagreed: review?.curation.disagreements.all().size ?? 0,
    singleKeys: outside.singleKeys,
  };
}

function bannersOf(service: ReviewService, say: Say): Banner[] {
  const { opened, outside, failure, changedFile } = service;

  const banners: Banner[] = [];
  const add = (code: Banner['code'], message: string, label?: string, verb?: string): void => {
    const action = label === undefined || verb === undefined ? null : { label, verb };
    banners.push({ code, message, action });
  };
  if (failure) {
    const { message, hint } = failure.said;
    const text = joined(hint === undefined ? [message] : [message, hint]);
    add(
      'file-error',
      service.options.actions.said(text),
      say('host.banner.failed.action'),
      'reload',
    );
  }
  if (!outside.trusted) {
    add(
      'untrusted',
      say('host.banner.untrusted'),
      say('host.banner.untrusted.action'),
      'manage-trust',
    );
  }
  if (outside.paced !== null) add('paced', outside.paced);
  if (changedFile !== null) {
    const label = say('host.banner.changed.action');
    add('changed-on-disk', say('host.banner.changed', changedFile), label, 'reload');
  }
  if (opened) {
    const { review, session } = opened;
    const [first, ...more] = review.bad;
    if (first) {
      const key = more.length > 0 ? 'host.banner.badLines' : 'host.banner.badLine';
      const message = say(
        key,
        first.line,
        basename(first.file),
        first.reason,
        review.lines,
        more.length,
      );
      add('file-error', message, say('host.banner.badLine.action'), 'open-bad-line');
    }
    if (opened.facts.training === 'failed' && opened.facts.failed !== null) {
      add('file-error', opened.facts.failed, say('host.primary.showLog'), 'show-log');
    }
    const orphans = review.orphans;
    if (orphans > 0) {
      add(
        'orphans',
        orphans === 1 ? say('host.banner.orphans.one') : say('host.banner.orphans', orphans),
      );
    }
    const { teacher } = session.store.project;
    if (teacher === PROGRAMMATIC) {
      // In Restricted Mode nobody can choose another one.
      const choose = outside.trusted
        ? ([say('host.banner.programmatic.action'), 'choose-teacher'] as const)
        : ([] as const);
      add('programmatic', say('host.banner.programmatic'), ...choose);
    } else if (!outside.teacherReady) {
      add('no-key', say('host.banner.noKey', teacher), say('host.banner.noKey.action'), 'set-key');
    }
  }
  return banners;
}

/** What is under way: here, in the service itself, or an exam of another process that grows. */
function jobOf(service: ReviewService, say: Say): Job | null {
  const { outside, opened } = service;
  // Outside it may run as a job, too, which hears of it later.
  const own = service.asking.job ?? service.askingStudent.job;
  if (own) return own;
  if (outside.job) {
    const { running: _running, ...job } = outside.job;
    return job;
  }
  const reading = opened?.review.reading ?? null;
  if (reading) return { ...reading, stage: say('host.job.reading'), etaMs: null, note: null };
  const foreign = opened?.review.foreignExam() ?? null;
  if (!foreign) return null;
  return { ...foreign, stage: say('host.job.exam'), note: say('host.job.elsewhere') };
}
