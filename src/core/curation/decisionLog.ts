import { CURATION_STRINGS } from '../../shared/curationStrings.ts';
import type { ReviewRecord } from '../../shared/reviewRecord.ts';
import type { RecordedDecision } from './activeDecisions.ts';
import type { Decision } from './decision.ts';
import { inEnglish, type CurationSay } from './say.ts';

/** So many lines of a record's log are shown. */
const LOG_LINES = 20;

/** The questions that an event is about; none for undo, redo and spot checks. */
export function questionsOf(decision: Decision): string[] {
  if (decision.type === 'accept' || decision.type === 'reject') {
    return [...new Set(decision.items.map(({ questionId }) => questionId))];
  }
  return 'questionId' in decision ? [decision.questionId] : [];
}

/** The event as a sentence, without who and when. Of a bulk event `about` is the one question that is looked at. */
export function sentenceOf(
  decision: Decision,
  about?: string,
  say: CurationSay = inEnglish,
): string {
  switch (decision.type) {
    case 'accept':
    case 'reject': {
      const own = decision.items.filter(({ questionId }) => questionId === about).length;
      const all = questionsOf(decision).length;
      const count = about === undefined ? decision.items.length : own;
      const one = count === 1 ? '.one' : '';
      return say(`log.${decision.type}${one}${all > 1 ? '.bulk' : ''}`, count, all);
    }
    case 'hint':
      return say('log.hint', decision.hint);
    case 'pair-drop':
    case 'pair-keep':
    case 'attempt-right':
    case 'attempt-wrong':
      return say(`log.${decision.type}`, decision.sample + 1);
    case 'first-error':
      return say('log.first-error', decision.sample + 1, decision.step, decision.errorKind);
    case 'fix-gold':
      return say('log.fix-gold', decision.was, decision.answer);
    case 'gold-confirmed':
      return say('log.gold-confirmed', decision.answer);
    case 'fix-question':
      return say('log.fix-question', decision.was);
    case 'spot-check':
      return decision.items.length === 0
        ? say('log.spot-check.end')
        : say('log.spot-check', decision.items.length, decision.population);
    case 'stratum':
      return say('log.stratum', decision.questions.length);
    case 'edit':
    case 'write':
    case 'leave-out':
    case 'undo':
    case 'redo':
      return say(`log.${decision.type}`);
  }
}

/** What one step of undo is about, for the label of a button: "Accept gsm8k-0417", "3 decisions on 2 items". */
export function labelOf(events: readonly RecordedDecision[], say: CurationSay = inEnglish): string {
  const [first] = events;
  if (!first) return '';
  const ids = new Set(events.flatMap(questionsOf));
  const [only = ''] = ids;
  const rest = events.filter(({ type }) => type !== first.type);
  if (!rest.every((event) => belongsTo(first, event, ids.size))) {
    const count = events.reduce(
      (sum, event) => sum + (isListing(event) ? event.items.length : 1),
      0,
    );
    return ids.size > 1
      ? say('step.mixed', count, ids.size)
      : say('step.mixed.one', count, only).trim();
  }
  return say(`step.${first.type}`, ids.size > 1 ? say('step.items', ids.size) : only).trim();
}

function isListing(event: Decision): event is Extract<Decision, { type: 'accept' | 'reject' }> {
  return event.type === 'accept' || event.type === 'reject';
}

type Kind = Decision['type'];

/** What an act brings with it that is named after its first event. A file of decisions is many acts. */
const BRINGS: Partial<Record<Kind, readonly Kind[]>> = {
  // Accepting a text that a person had changed is an edit; a spot check ends with the rest accepted.
  accept: ['edit', 'spot-check'],
  edit: ['accept', 'spot-check'],
  // Rejecting a question that has no rationale.
  reject: ['leave-out'],
  stratum: ['spot-check'],
};

/** As `BRINGS`, where the act is about one question: the others are dropped. */
const DROPS: Partial<Record<Kind, Kind>> = {
  accept: 'reject',
  edit: 'reject',
  write: 'reject',
  'pair-keep': 'pair-drop',
};

function belongsTo({ type: first }: Decision, { type }: Decision, questions: number): boolean {
  return BRINGS[first]?.includes(type) === true || (questions === 1 && DROPS[first] === type);
}

/** Log lines of a question's record, newest first. */
export function logOf(
  decisions: readonly RecordedDecision[],
  about: string,
  outdated: ReadonlySet<Decision>,
  say: CurationSay = inEnglish,
): ReviewRecord['log'] {
  return inOneAct(decisions)
    .slice(-LOG_LINES)
    .reverse()
    .map(({ event, whole }) => {
      const what = sentenceOf(whole, about, say);
      return {
        at: event.at,
        by: event.author.kind === 'rule' ? say('log.rule', event.author.name) : event.author.name,
        what: outdated.has(event) ? say('log.older', what) : what,
        reason: reasonOf(event, say),
      };
    });
}

interface Act {
  readonly event: RecordedDecision;
  /** The event with what belongs to it. */
  readonly whole: RecordedDecision;
}

/** A yes to several rationales at once is one line, though each of them has an event of its own. */
function inOneAct(decisions: readonly RecordedDecision[]): Act[] {
  const acts: Act[] = [];
  for (const event of decisions) {
    const last = acts.at(-1);
    const whole = last && joined(last.whole, event);
    if (last && whole) acts[acts.length - 1] = { event: last.event, whole };
    else acts.push({ event, whole: event });
  }
  return acts;
}

function joined(one: RecordedDecision, next: RecordedDecision): RecordedDecision | null {
  if (next.action === undefined || one.action !== next.action) return null;
  const isYes = one.type === 'accept' && next.type === 'accept';
  const isNo = one.type === 'reject' && next.type === 'reject';
  return isYes || isNo ? { ...next, items: [...one.items, ...next.items] } : null;
}

const OF_RULES = ['reason.gate', 'reason.equation'] as const;

/** A person's reason is the person's own words, a rule's is one of the table. */
function reasonOf({ author, reason }: RecordedDecision, say: CurationSay): string | null {
  if (author.kind !== 'rule') return reason ?? null;
  const key = OF_RULES.find((one) => CURATION_STRINGS[one] === reason);
  return key === undefined ? (reason ?? null) : say(key);
}
