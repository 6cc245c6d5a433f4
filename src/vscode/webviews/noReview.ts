import * as vscode from 'vscode';
import { ChannelError, type Handlers } from '../../shared/contract.ts';
import type { Banner, ReviewContract, Snapshot } from '../../shared/reviewContract.ts';
import type { ReviewActions } from '../../node/review/ports.ts';

/** What the views show where there is no project, or its review cannot be opened. */
export function emptySnapshot(
  phase: 'no-project' | 'failed',
  texts: { readonly project: string; readonly primary: Snapshot['primary'] },
  banners: readonly Banner[] = [],
): Snapshot {
  const counts = {
    total: 0,
    todo: 0,
    accepted: 0,
    edited: 0,
    rejected: 0,
    flagged: 0,
    byRule: 0,
    pairs: 0,
  };
  return {
    rev: 0,
    phase,
    project: texts.project,
    round: 0,
    rounds: [],
    counts,
    banners: [...banners],
    job: null,
    primary: texts.primary,
    undo: null,
    redo: null,
    spotCheck: null,
    savedFilters: [],
    writable: false,
    reason: null,
    teacher: '',
    canAsk: false,
    noAgain: null,
    disagreed: 0,
    singleKeys: true,
  };
}

/** Answers a view that has no review behind it: it can show itself, run the way out, and nothing else. */
export function handlersWithoutReview(
  snapshot: Snapshot,
  actions: Pick<ReviewActions, 'run' | 'focus' | 'strings'>,
): Handlers<ReviewContract> {
  const nothing = (): never => {
    throw new ChannelError({
      code: 'STALE',
      message: vscode.l10n.t('There is nothing to review here now.'),
    });
  };
  return {
    init: () => ({ snapshot, strings: { ...actions.strings() } }),
    run: async ({ verb }) => {
      await actions.run(verb);
      return {};
    },
    focus: ({ where, selected }) => {
      actions.focus(where, selected);
      return {};
    },
    query: () => ({ rev: snapshot.rev, total: 0, from: 0, rows: [], at: -1 }),
    nextTodo: () => ({ at: -1 }),
    round: nothing,
    rows: nothing,
    record: nothing,
    decide: nothing,
    bulk: nothing,
    undo: nothing,
    redo: nothing,
    ask: nothing,
    opinion: nothing,
    again: nothing,
    spotCheck: nothing,
    acceptRest: nothing,
    saveFilter: nothing,
    open: nothing,
  };
}
