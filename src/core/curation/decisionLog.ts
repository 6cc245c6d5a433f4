import type { ReviewRecord } from '../../shared/reviewContract.ts';
import type { RecordedDecision } from './activeDecisions.ts';
import type { Decision } from './decision.ts';

/** So many lines of a record's log are shown. */
const LOG_LINES = 20;

/** The questions that an event is about; none for undo, redo and spot checks. */
export function questionsOf(decision: Decision): string[] {
  if (decision.type === 'accept' || decision.type === 'reject') {
    return [...new Set(decision.items.map(({ questionId }) => questionId))];
  }
  return 'questionId' in decision ? [decision.questionId] : [];
}

const several = (count: number, one: string): string => (count === 1 ? one : `${count} ${one}s`);

/** The event as a sentence, without who and when. Of a bulk event `about` is the one question that is looked at. */
export function sentenceOf(decision: Decision, about?: string): string {
  switch (decision.type) {
    case 'accept':
    case 'reject': {
      const done = decision.type === 'accept' ? 'Accepted' : 'Rejected';
      const own = decision.items.filter(({ questionId }) => questionId === about).length;
      const all = questionsOf(decision).length;
      const what = several(about === undefined ? decision.items.length : own, 'candidate');
      const text = what === 'candidate' ? 'a candidate' : what;
      return all > 1 ? `${done} ${text}, with ${all} items at once.` : `${done} ${text}.`;
    }
    case 'edit':
      return 'Edited a candidate.';
    case 'write':
      return 'Wrote a rationale.';
    case 'hint':
      return `Gave the teacher a hint: ${decision.hint}`;
    case 'pair-drop':
      return `Took sample ${decision.sample + 1} out of the pairs.`;
    case 'pair-keep':
      return `Put sample ${decision.sample + 1} into the pairs.`;
    case 'first-error':
      return `Marked step ${decision.step} of sample ${decision.sample + 1} as the first wrong one (${decision.errorKind}).`;
    case 'attempt-right':
      return `Said that sample ${decision.sample + 1} is right.`;
    case 'attempt-wrong':
      return `Said that sample ${decision.sample + 1} is wrong.`;
    case 'fix-gold':
      return `Changed the gold answer from ${decision.was} to ${decision.answer}.`;
    case 'gold-confirmed':
      return `Confirmed the gold answer ${decision.answer}.`;
    case 'fix-question':
      return `Changed the question. Before: ${decision.was}`;
    case 'spot-check':
      return decision.items.length === 0
        ? 'Ended the spot check.'
        : `Drew ${decision.items.length} of ${decision.population} items at random.`;
    case 'leave-out':
      return 'Left the question out of the round.';
    case 'stratum':
      return `Named ${decision.questions.length} items to draw from.`;
    case 'undo':
      return 'Took a decision back.';
    case 'redo':
      return 'Brought a decision back.';
  }
}

const VERBS: Readonly<Record<Decision['type'], string>> = {
  accept: 'Accept',
  reject: 'Reject',
  edit: 'Edit',
  write: 'Write',
  hint: 'Hint for',
  'pair-drop': 'Drop Pair of',
  'pair-keep': 'Keep Pair of',
  'first-error': 'Mark Step of',
  'attempt-right': 'Mark Right',
  'attempt-wrong': 'Mark Wrong',
  'fix-gold': 'Fix Gold of',
  'gold-confirmed': 'Confirm Gold of',
  'fix-question': 'Fix Question',
  'leave-out': 'Leave Out',
  'spot-check': 'Spot Check',
  stratum: 'Spot Check',
  undo: 'Undo',
  redo: 'Redo',
};

/** What one step of undo is about, for the label of a button: "Accept gsm8k-0417", "Reject 38 items". */
export function labelOf(events: readonly RecordedDecision[]): string {
  const [first] = events;
  if (!first) return '';
  const ids = new Set(events.flatMap(questionsOf));
  if (ids.size === 0) return VERBS[first.type];
  const [only = ''] = ids;
  return `${VERBS[first.type]} ${ids.size === 1 ? only : `${ids.size} items`}`;
}

/** Log lines of a question's record, newest first. */
export function logOf(
  decisions: readonly RecordedDecision[],
  about: string,
  outdated: ReadonlySet<Decision>,
): ReviewRecord['log'] {
  return decisions
    .slice(-LOG_LINES)
    .reverse()
    .map((event) => ({
      at: event.at,
      by: event.author.kind === 'rule' ? `rule ${event.author.name}` : event.author.name,
      what: outdated.has(event)
        ? `${sentenceOf(event, about)} For an older wording of the question: it does not count.`
        : sentenceOf(event, about),
      reason: event.reason ?? null,
    }));
}
