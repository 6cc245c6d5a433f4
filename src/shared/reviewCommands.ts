import type { CommandInfo } from './commands.ts';

/**
 * The actions of Review in the palette, without keys of their own so that anybody can bind them, and the view's command
 * that each is forwarded as. What decides has its twin in `tailor decide`; what only moves or shows has none.
 */
export const REVIEW_ACTIONS = {
  'tailor.review.next': { title: 'Review: Next Item', cli: null, name: 'next' },
  'tailor.review.previous': { title: 'Review: Previous Item', cli: null, name: 'previous' },
  'tailor.review.first': { title: 'Review: First Item', cli: null, name: 'first' },
  'tailor.review.last': { title: 'Review: Last Item', cli: null, name: 'last' },
  'tailor.review.nextTodo': { title: 'Review: Next Unreviewed', cli: null, name: 'next-todo' },
  'tailor.review.mark': { title: 'Review: Mark Item', cli: null, name: 'mark' },
  'tailor.review.accept': { title: 'Review: Accept', cli: 'decide', name: 'accept' },
  'tailor.review.onlyThis': {
    title: 'Review: Accept Only This Rationale',
    cli: 'decide',
    name: 'only-this',
  },
  'tailor.review.toggleCandidate': {
    title: 'Review: Accept or Reject This Rationale',
    cli: 'decide',
    name: 'toggle-candidate',
  },
  'tailor.review.reject': { title: 'Review: Reject', cli: 'decide', name: 'reject' },
  'tailor.review.rejectReason': {
    title: 'Review: Reject with a Reason',
    cli: 'decide',
    name: 'reject-reason',
  },
  'tailor.review.skip': { title: 'Review: Skip', cli: null, name: 'skip' },
  'tailor.review.edit': { title: 'Review: Edit Rationale', cli: 'decide', name: 'edit' },
  'tailor.review.write': { title: 'Review: Write a Rationale', cli: 'decide', name: 'write' },
  'tailor.review.ask': { title: 'Review: Ask the Teacher Again', cli: 'teach', name: 'ask' },
  'tailor.review.again': {
    title: 'Review: Ask the Student Again',
    cli: 'again',
    name: 'again',
  },
  'tailor.review.opinion': {
    title: 'Review: Ask for a Second Opinion',
    cli: 'opinion',
    name: 'opinion',
  },
  'tailor.review.pair': { title: 'Review: Keep or Drop the Pair', cli: 'decide', name: 'pair' },
  'tailor.review.pairOnly': {
    title: 'Review: Pair with Only This Attempt',
    cli: 'decide',
    name: 'pair-only',
  },
  'tailor.review.firstError': {
    title: 'Review: Mark the First Wrong Step',
    cli: 'decide',
    name: 'first-error',
  },
  'tailor.review.fixGold': {
    title: 'Review: Fix the Gold Answer',
    cli: 'decide',
    name: 'fix-gold',
  },
  'tailor.review.fixQuestion': {
    title: 'Review: Fix the Question',
    cli: 'decide',
    name: 'fix-question',
  },
  'tailor.review.confirmGold': {
    title: 'Review: Confirm the Gold Answer',
    cli: 'decide',
    name: 'confirm-gold',
  },
  'tailor.review.verdict': {
    title: 'Review: Say That the Attempt Is Right, or Wrong',
    cli: 'decide',
    name: 'verdict',
  },
  'tailor.review.compare': { title: 'Review: Compare in Diff Editor', cli: null, name: 'compare' },
  'tailor.review.acceptListed': {
    title: 'Review: Accept All Listed or Marked',
    cli: 'decide',
    name: 'bulk-accept',
  },
  'tailor.review.rejectListed': {
    title: 'Review: Reject All Listed or Marked',
    cli: 'decide',
    name: 'bulk-reject',
  },
  'tailor.review.keepPairs': {
    title: 'Review: Keep the Pairs of All Listed or Marked',
    cli: 'decide',
    name: 'bulk-keep',
  },
  'tailor.review.dropPairs': {
    title: 'Review: Drop the Pairs of All Listed or Marked',
    cli: 'decide',
    name: 'bulk-drop',
  },
  'tailor.review.spotCheck': { title: 'Review: Draw a Spot Check', cli: null, name: 'spot-check' },
  'tailor.review.acceptRest': {
    title: 'Review: Accept the Rest After a Spot Check',
    cli: 'decide',
    name: 'accept-rest',
  },
  'tailor.review.undo': { title: 'Review: Undo', cli: 'decide undo', name: 'undo' },
  'tailor.review.redo': { title: 'Review: Redo', cli: 'decide redo', name: 'redo' },
  'tailor.review.nextCandidate': {
    title: 'Review: Next Rationale',
    cli: null,
    name: 'next-candidate',
  },
  'tailor.review.previousCandidate': {
    title: 'Review: Previous Rationale',
    cli: null,
    name: 'previous-candidate',
  },
  'tailor.review.nextAttempt': { title: 'Review: Next Attempt', cli: null, name: 'next-attempt' },
  'tailor.review.previousAttempt': {
    title: 'Review: Previous Attempt',
    cli: null,
    name: 'previous-attempt',
  },
  'tailor.review.search': { title: 'Find in Mistakes', cli: null, name: 'search' },
  'tailor.review.filter': { title: 'Review: Filter', cli: null, name: 'filter' },
  'tailor.review.viewMode': { title: 'Review: Change Comparison', cli: null, name: 'view-mode' },
  'tailor.review.openRecord': { title: 'Review: Open Record', cli: null, name: 'open-record' },
  'tailor.review.keys': { title: 'Review: Show Keys', cli: null, name: 'keys' },
} as const satisfies Readonly<Record<string, CommandInfo & { readonly name: string }>>;

/** The view's commands that decide on an item or begin to: they mean the item that a person looks at. */
export const DECIDING: ReadonlySet<string> = new Set(
  Object.values(REVIEW_ACTIONS).flatMap(({ cli, name }) => (cli === null ? [] : [name])),
);

/** Every command whose handler lives with the views. */
export const REVIEW_COMMANDS = {
  ...REVIEW_ACTIONS,
  'tailor.openReview': { title: 'Open Review in an Editor', cli: null },
  'tailor.showTraining': { title: 'Show Training', cli: null },
  'tailor.showDashboard': { title: 'Show Dashboard', cli: null },
} as const satisfies Readonly<Record<string, CommandInfo>>;
