import type { Act } from '../../src/shared/reviewContract.ts';
import type { Row } from '../../src/shared/reviewQueue.ts';
import type { AttemptView, CandidateView, ReviewRecord } from '../../src/shared/reviewRecord.ts';
import type { ReviewTextKey } from '../../src/shared/reviewStrings.ts';
import type { Form } from './forms.ts';
import { shownAttempt, shownCandidate, shownRecord, type ReviewState } from './state.ts';

/** An act to send, or why there is none, or a form to open first. */
export type Step =
  | { readonly kind: 'send'; readonly act: Act }
  | { readonly kind: 'say'; readonly text: ReviewTextKey }
  | { readonly kind: 'tell'; readonly message: string }
  | { readonly kind: 'form'; readonly form: Form };

/** How a row looks while its decision is on its way; the host's answer replaces it. */
export function expected(act: Act): Partial<Row> {
  switch (act.type) {
    case 'accept':
    case 'choose':
      return { status: 'accepted', by: 'person' };
    case 'reject':
      return act.candidate === undefined ? { status: 'rejected', by: 'person' } : {};
    case 'edit':
    case 'write':
      return { status: 'edited', by: 'person' };
    case 'pair':
    case 'pair-only':
    case 'first-error':
    case 'verdict':
    case 'fix-gold':
    case 'confirm-gold':
    case 'fix-question':
      return {};
  }
}

/** Whether the cursor goes on to the next undecided item after an act. */
export function movesOn(act: Act): boolean {
  return (
    act.type === 'accept' ||
    act.type === 'choose' ||
    act.type === 'edit' ||
    act.type === 'write' ||
    (act.type === 'reject' && act.candidate === undefined)
  );
}

/** What is said once an act stands; of one rationale among several it is not said of the whole item. */
export function doneText(act: Act): ReviewTextKey {
  if (act.type === 'accept' && act.candidate !== undefined) return 'done.take';
  if (act.type === 'reject' && act.candidate !== undefined) return 'done.drop';
  return `done.${act.type}`;
}

/**
 * What a plain yes accepts. A rationale of the data is taught anyway and makes no item decided: where the teacher wrote
 * something, the yes is about that.
 */
export function acceptable({ candidates }: ReviewRecord): readonly CandidateView[] {
  const written = candidates.filter(({ source }) => source !== 'dataset');
  return (written.length > 0 ? written : candidates).filter(
    ({ passes, status }) => passes && status !== 'rejected',
  );
}

/** Accepts what passes; where nothing does, a second yes is asked for, naming the text it is about. */
export function acceptStep(state: ReviewState): Step {
  const record = shownRecord(state);
  const candidate = shownCandidate(state);
  if (!record || !candidate) return { kind: 'say', text: 'say.noCandidate' };
  if (acceptable(record).length > 0) return { kind: 'send', act: { type: 'accept' } };
  if (candidate.passes || candidate.source === 'human' || candidate.original !== null)
    return { kind: 'send', act: { type: 'accept', candidate: candidate.id } };
  if (state.form?.kind === 'override' && state.form.candidate === candidate.id)
    return { kind: 'send', act: { type: 'accept', candidate: candidate.id } };
  return { kind: 'form', form: { kind: 'override', candidate: candidate.id } };
}

export function rejectStep(state: ReviewState): Step {
  // Without a rationale it is the question that is left out of the round.
  if (!shownRecord(state)) return { kind: 'say', text: 'say.noCandidate' };
  return { kind: 'send', act: { type: 'reject' } };
}

export function toggleCandidateStep(state: ReviewState): Step {
  const candidate = shownCandidate(state);
  if (!candidate) return { kind: 'say', text: 'say.noCandidate' };
  const { id, status } = candidate;
  const taken = status === 'accepted' || status === 'edited';
  return { kind: 'send', act: { type: taken ? 'reject' : 'accept', candidate: id } };
}

export function onlyThisStep(state: ReviewState): Step {
  const candidate = shownCandidate(state);
  if (!candidate) return { kind: 'say', text: 'say.noCandidate' };
  return { kind: 'send', act: { type: 'choose', candidate: candidate.id } };
}

export function pairStep(state: ReviewState, only: boolean): Step {
  const attempt = shownAttempt(state);
  if (!attempt) return { kind: 'say', text: 'say.noAttempt' };
  const { sample, pair, pairReason } = attempt;
  if (shownRecord(state)?.row.status === 'rejected') return { kind: 'say', text: 'say.pairNone' };
  if (pair === 'blocked')
    return pairReason === null
      ? { kind: 'say', text: 'say.pairBlocked' }
      : { kind: 'tell', message: pairReason };
  if (pair === 'none')
    return pairReason === null
      ? { kind: 'say', text: 'say.pairNone' }
      : { kind: 'tell', message: pairReason };
  if (only) return { kind: 'send', act: { type: 'pair-only', sample } };
  return { kind: 'send', act: { type: 'pair', sample, keep: pair !== 'keep' } };
}

/** What a person may say of an attempt: where it is in doubt, both; else that the grading is wrong. */
export function verdictsOn(
  { settled, verdict, checks }: AttemptView,
  disputed = false,
): readonly ('right' | 'wrong')[] {
  // Where people disagree, the word that counts can be said again: that settles it.
  if (disputed) return ['right', 'wrong'];
  if (settled === null && checks.some(({ level }) => level === 'warn')) return ['right', 'wrong'];
  return [(settled ?? verdict) === 'right' ? 'wrong' : 'right'];
}

export function editStep(state: ReviewState): Step {
  const candidate = shownCandidate(state);
  if (!candidate) return { kind: 'form', form: { kind: 'write', text: '' } };
  return {
    kind: 'form',
    form: { kind: 'edit', candidate: candidate.id, text: candidate.rationale },
  };
}

export function firstErrorStep(state: ReviewState, at?: number): Step {
  const attempt = shownAttempt(state);
  if (!attempt) return { kind: 'say', text: 'say.noAttempt' };
  const candidate = shownCandidate(state);
  const { sample, firstError, diverges } = attempt;
  const guess = candidate ? (diverges[candidate.id] ?? null) : null;
  const told = candidate?.aboutSample === sample ? candidate : null;
  return {
    kind: 'form',
    form: {
      kind: 'first-error',
      sample,
      step: at ?? firstError?.step ?? told?.firstErrorStep ?? guess ?? 1,
      errorKind: firstError?.kind ?? told?.errorKind ?? 'unknown',
    },
  };
}

/** Whether the host may refuse an act for its text, so that it is waited for at the item. */
export function isChecked(act: Act): boolean {
  return (act.type === 'edit' || act.type === 'write') && act.insist !== true;
}

/** The act that a form stands for; `insist` keeps a text that does not pass the checks. */
export function actOf(form: Form, insist = false): Act | null {
  const insisted = insist ? { insist } : {};
  switch (form.kind) {
    case 'edit':
      return { type: 'edit', candidate: form.candidate, rationale: form.text, ...insisted };
    case 'write':
      return { type: 'write', rationale: form.text, ...insisted };
    case 'reject': {
      const reason = form.reason.trim();
      return reason === '' ? { type: 'reject' } : { type: 'reject', reason };
    }
    case 'gold':
      return { type: 'fix-gold', answer: form.answer.trim(), reason: form.reason.trim() };
    case 'question':
      return { type: 'fix-question', question: form.question, reason: form.reason.trim() };
    case 'verdict': {
      const { sample, verdict } = form;
      const reason = form.reason.trim();
      return { type: 'verdict', sample, verdict, ...(reason === '' ? {} : { reason }) };
    }
    case 'first-error':
      return {
        type: 'first-error',
        sample: form.sample,
        step: form.step,
        kind: form.errorKind,
      };
    case 'override':
      return { type: 'accept', candidate: form.candidate };
    case 'ask':
    case 'again':
      return null;
  }
}
