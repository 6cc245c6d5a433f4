import type { ReviewEvent } from './events.ts';
import { draftKey, isWorthKeeping, SEVERAL, type Form } from './forms.ts';
import type { ReviewState } from './state.ts';

const KEPT_DRAFTS = 20;

type Drafts = Readonly<Record<string, Form>>;
type FormEvent = Extract<
  ReviewEvent,
  { type: 'form' | 'form-problem' | 'form-sent' | 'form-done' | 'form-back' }
>;

/** What becomes of the form and its drafts. A draft goes when the host took what it says, and never before. */
export function formed(state: ReviewState, event: FormEvent): ReviewState {
  switch (event.type) {
    case 'form-problem':
      return { ...state, formProblem: event.problem, refusal: null };
    case 'form': {
      const drafts = event.form === null ? withDraft(state) : state.drafts;
      return { ...state, form: event.form, formProblem: null, refusal: null, drafts };
    }
    case 'form-sent':
      return {
        ...state,
        form: null,
        formProblem: null,
        refusal: null,
        drafts: withDraft(state),
      };
    case 'form-done':
      return withoutDraft(state, event.id, event.form);
    case 'form-back': {
      const here = state.shown === event.id && state.selected === event.id;
      if (!here || state.form !== null) return state;
      const back = { ...state, form: event.form, refusal: event.refusal };
      if (event.refusal === null) return back;
      // It stands in the form now.
      const notices = new Map(state.notices);
      notices.delete(event.id);
      return { ...back, notices };
    }
  }
}

/** What was typed since is another text than the one that was sent: it stays. */
function withoutDraft(state: ReviewState, id: string, sent: Form): ReviewState {
  const key = draftKey(id, sent.kind);
  const isSent = (form: Form | null | undefined): boolean =>
    JSON.stringify(form) === JSON.stringify(sent);
  const drafts = isSent(state.drafts[key])
    ? Object.fromEntries(Object.entries(state.drafts).filter(([known]) => known !== key))
    : state.drafts;
  const open = state.shown === id && isSent(state.form);
  return { ...state, drafts, form: open ? null : state.form };
}

/** The drafts with the open form among them: leaving a form loses nothing that was typed. */
export function withDraft({
  form,
  shown,
  overlay,
  drafts,
}: Pick<ReviewState, 'form' | 'shown' | 'overlay' | 'drafts'>): Drafts {
  const kept = form && shown !== null ? added(drafts, shown, form) : drafts;
  if (overlay.kind !== 'ask') return kept;
  return added(kept, SEVERAL, { kind: 'ask', hint: overlay.hint });
}

function added(drafts: Drafts, id: string, form: Form): Drafts {
  if (!isWorthKeeping(form)) return drafts;
  const key = draftKey(id, form.kind);
  const others = Object.entries(drafts).filter(([known]) => known !== key);
  return Object.fromEntries([...others.slice(-KEPT_DRAFTS + 1), [key, form]]);
}
