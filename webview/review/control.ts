import type { Act, Verb } from '../../src/shared/reviewContract.ts';
import type { Filter, Sort } from '../../src/shared/reviewQueue.ts';
import { isStale, messageOf } from '../kit/failure.ts';
import { ABOUT_SHOWN, AT_ONCE, type Action } from './actions.ts';
import { askStudent } from './again.ts';
import { ask } from './ask.ts';
import { actOf, doneText, expected, isChecked, movesOn, type Step } from './decide.ts';
import { draftKey, missingIn, type Form } from './forms.ts';
import type { Kept } from './kept.ts';
import { isRefused, Link, type ReviewClient } from './link.ts';
import { perform } from './perform.ts';
import { roundOf, rowById, shownRecord, type ReviewState } from './state.ts';
import type { Store } from './store.ts';

/** Two keys closer than this are a held key or a fast hand: the cursor goes at once, the detail a little later. */
const FAST_MS = 120;
const DETAIL_MS = 90;
/** More than a hand types ahead; a held key behind a slow host is not kept for ever. */
const QUEUED = 100;
const RECORD_TRIES = 3;
/** A text that changed under the person's hand is not decided on by the key that follows at once. */
const LOOK_MS = 600;

/** What the control does to the page itself; the page fills it in. */
export interface Page {
  focusList(): void;
  focusSearch(): void;
  moveRegion(step: 1 | -1): void;
  rowsPerPage(): number;
}

/** Turns what a person asks for into requests and events. The host decides; this only asks and shows. */
export class Control {
  readonly store: Store;
  readonly link: Link;
  readonly page: Page;
  readonly #client: ReviewClient;
  readonly #now: () => number;
  /** Counts what the person asked for. */
  acted = 0;
  #movedAt = -Infinity;
  #detail: ReturnType<typeof setTimeout> | undefined;
  #waiting: Action[] = [];
  #openForm: string | null = null;
  /** What the host said is another text than was shown, and until when it counts as not looked at. */
  #changed: { readonly id: string; readonly until: number } | null = null;
  /** The host is asked where the cursor goes next. */
  #onTheWay = false;

  constructor(
    client: ReviewClient,
    store: Store,
    page: Page,
    { view, now }: { readonly view: 'side' | 'panel'; readonly now: () => number },
  ) {
    this.#client = client;
    this.store = store;
    this.page = page;
    this.link = new Link(client, store, view, () => void this.#showSelected());
    this.#now = now;
  }

  get state(): ReviewState {
    return this.store.state.peek();
  }

  /** Connects and goes back to where the person was. */
  async start({ filter, sort, sel, draft, open, hidden }: Kept): Promise<void> {
    this.store.dispatch({ type: 'drafts', drafts: draft });
    for (const code of hidden) this.store.dispatch({ type: 'hide', code });
    this.#openForm = open;
    await this.link.start(filter, sort, sel);
    await this.#showSelected();
  }

  dispose(): void {
    clearTimeout(this.#detail);
    this.link.dispose();
  }

  /** What a key or a palette command asks for: behind the key list, which covers the page, nothing is done. */
  press(action: Action): boolean {
    const covered = this.state.overlay.kind === 'keys' && action !== 'keys' && action !== 'escape';
    return !covered && this.act(action);
  }

  /** Does an action, or puts it aside until the item under the cursor is on screen. False = it means nothing now. */
  act(action: Action): boolean {
    this.acted += 1;
    if (AT_ONCE.has(action)) return perform(this, action);
    const { selected, shown, at, list } = this.state;
    const elsewhere = at >= 0 && (selected === null || selected !== shown);
    // While a queue is on its way it is not known what it is about; a form opened now could be swept away.
    const unseen = ABOUT_SHOWN.has(action) && (list.loading || elsewhere);
    // Behind one that waits all others wait: keys act in the order they were pressed.
    if (!unseen && !this.#onTheWay && this.#waiting.length === 0) return perform(this, action);
    if (this.#waiting.length < QUEUED) this.#waiting.push(action);
    if (!this.#onTheWay) void this.link.listed().then(() => this.#showSelected());
    return true;
  }

  /** Moves the cursor; the detail follows at once, or shortly after the last of several quick moves. */
  moveTo(at: number): void {
    const now = this.#now();
    const fast = now - this.#movedAt < FAST_MS;
    this.#movedAt = now;
    this.store.dispatch({ type: 'select', at });
    clearTimeout(this.#detail);
    if (fast) this.#detail = setTimeout(() => void this.#showSelected(), DETAIL_MS);
    else void this.#showSelected();
  }

  /** Picks everything from where the range began up to a place, however far; keys wait until it is known. */
  async markTo(place: number): Promise<void> {
    const { at, anchor, list } = this.state;
    const to = Math.max(0, Math.min(place, list.total - 1));
    const from = anchor ?? at;
    if (from < 0) return;
    this.#onTheWay = true;
    await this.quietly(async () => {
      const ids = await this.link.ids(Math.min(from, to), Math.max(from, to) + 1);
      if (!ids) return;
      this.store.dispatch({ type: 'mark-to', at: to, ids });
      this.moveTo(to);
    });
    this.#onTheWay = false;
    this.#goThrough();
  }

  async #showSelected(): Promise<void> {
    clearTimeout(this.#detail);
    const { at } = this.state;
    if (at < 0) {
      // Nothing is listed: what was pressed meanwhile is about nothing.
      if (!this.state.list.loading) this.#waiting = [];
      return;
    }
    if (this.state.selected === null) await this.link.need(at, at + 1);
    const id = this.state.selected;
    if (id === null) return;
    // A change by somebody else drops the records at hand, also one that has come this very moment.
    for (let tries = 0; tries < RECORD_TRIES && !this.state.records.has(id); tries += 1) {
      await this.link.record(id);
      if (this.state.selected !== id) return;
    }
    if (this.state.selected !== id || !this.state.records.has(id)) return;
    if (this.state.shown !== id) {
      this.store.dispatch({ type: 'show', id });
      this.#reopen();
    }
    this.#goThrough();
    void this.#prefetch();
  }

  #goThrough(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const action of waiting) this.act(action);
  }

  /** The records a person most likely looks at next. */
  async #prefetch(): Promise<void> {
    const { at, list } = this.state;
    await this.link.need(at - 20, at + 60);
    for (const place of [at + 1, this.localNextTodo() ?? at + 2, at - 1]) {
      const id = list.rows.get(place)?.id;
      if (id !== undefined && this.state.at === at) await this.link.record(id);
    }
  }

  /** The next undecided place among the rows at hand; null when they do not tell. */
  localNextTodo(): number | null {
    const { at, list } = this.state;
    for (let place = at + 1; place < list.total; place += 1) {
      const row = list.rows.get(place);
      if (!row) return null;
      if (row.status === 'todo') return place;
    }
    return null;
  }

  async nextTodo(): Promise<void> {
    const { selected } = this.state;
    for (;;) {
      const local = this.localNextTodo();
      if (local !== null) {
        this.moveTo(local);
        return;
      }
      const { at: from, list } = this.state;
      this.#onTheWay = true;
      const found = await this.#client
        .request('nextTodo', { after: from })
        .then(({ at }) => at)
        .catch((error: unknown) => messageOf(error));
      await this.link.listed();
      this.#onTheWay = false;
      if (typeof found === 'string') this.say(found);
      else if (found < 0) this.say(this.store.texts.peek()('say.allDone'));
      else if (this.state.list.query !== list.query && this.state.selected === selected) {
        // The queue was made anew around this item: the answer was about places of the old one.
        continue;
      } else if (this.state.at === from && this.state.list.query === list.query) {
        this.moveTo(found);
        return;
      }
      this.#goThrough();
      return;
    }
  }

  say(text: string): void {
    this.store.dispatch({ type: 'say', text });
  }

  /** Says why nothing can be decided, where that is so. */
  readOnly(): boolean {
    const { snapshot } = this.state;
    if (!snapshot || snapshot.writable) return false;
    const reason = snapshot.reason ?? this.store.texts.peek()('say.readOnly');
    this.say(reason);
    const { shown } = this.state;
    if (shown !== null) this.store.dispatch({ type: 'notice', id: shown, message: reason });
    return true;
  }

  take(step: Step): void {
    const texts = this.store.texts.peek();
    if (this.readOnly()) return;
    if (step.kind === 'send') void this.decide(step.act);
    else if (step.kind === 'form') this.open(step.form);
    else {
      const message = step.kind === 'say' ? texts(step.text) : step.message;
      const { shown } = this.state;
      if (shown !== null) this.store.dispatch({ type: 'notice', id: shown, message });
      this.say(message);
    }
  }

  open(form: Form): void {
    const { shown, drafts } = this.state;
    const draft = shown === null ? undefined : drafts[draftKey(shown, form.kind)];
    const fits =
      draft &&
      (draft.kind !== 'edit' || form.kind !== 'edit' || draft.candidate === form.candidate) &&
      // A reason is for one word about one attempt.
      (draft.kind !== 'verdict' ||
        form.kind !== 'verdict' ||
        (draft.sample === form.sample && draft.verdict === form.verdict));
    this.store.dispatch({ type: 'form', form: fits ? draft : form });
  }

  /** After a reload the form that was open is open again, with what was typed. */
  #reopen(): void {
    const { shown, drafts } = this.state;
    const key = this.#openForm;
    this.#openForm = null;
    const form = key === null ? undefined : drafts[key];
    if (form && shown !== null && key === draftKey(shown, form.kind))
      this.store.dispatch({ type: 'form', form });
  }

  /** Shows a decision at once and takes it back if the host refuses it. */
  async decide(act: Act, own: Form | null = null): Promise<void> {
    const { shown, form: open, texts } = { ...this.state, texts: this.store.texts.peek() };
    if (shown === null || this.readOnly()) return;
    if (this.#changed?.id === shown && this.#now() < this.#changed.until) {
      this.say(texts('say.changed', { id: shown }));
      return;
    }
    const before = rowById(this.state, shown)?.[1] ?? null;
    this.store.dispatch({ type: 'deciding', id: shown, row: expected(act) });
    // Another form than the act's own stays as it is; what is typed in it is no part of this decision.
    const form = own ?? (open?.kind === 'override' ? open : null);
    if (form) this.store.dispatch({ type: 'form-sent' });
    const seen = shownRecord(this.state)?.stamp ?? null;
    const request = { id: shown, act, round: roundOf(this.state), seen };
    const sent = this.link.change(() => this.#client.request('decide', request));
    const goOn = (): void => {
      if (movesOn(act)) this.#goOn(before?.status === 'todo');
    };
    // A text that may not pass keeps the cursor, and the keys behind it, until the host has looked at it.
    const waits = form !== null && isChecked(act);
    if (waits) this.#onTheWay = true;
    else goOn();
    const { acted } = this;
    try {
      const { record, rev } = await sent;
      // An answer about another round than the one on screen now is a text of that one.
      if (roundOf(this.state) === request.round) this.store.dispatch({ type: 'decided', record });
      if (form) this.store.dispatch({ type: 'form-done', id: shown, form });
      if (waits) {
        this.#onTheWay = false;
        if (this.state.selected === shown) goOn();
        this.#goThrough();
      }
      const { snapshot } = this.state;
      // The counts come with the next snapshot, which may still be on its way.
      const decided = before?.status === 'todo' && record.row.status !== 'todo';
      const early = decided && snapshot !== null && snapshot.rev < rev;
      const left = (snapshot?.counts.todo ?? 0) - (early ? 1 : 0);
      this.say(`${texts(doneText(act))} ${texts.count('left', left)}`);
    } catch (error) {
      const changed = isStale(error);
      const message = changed ? texts('say.changed', { id: shown }) : messageOf(error);
      if (roundOf(this.state) === request.round)
        this.store.dispatch({ type: 'refused', id: shown, before, message });
      const refusal = waits && isRefused(error) ? message : null;
      if (form) this.store.dispatch({ type: 'form-back', id: shown, form, refusal });
      if (waits) {
        this.#onTheWay = false;
        // Keys that were meant for the next item are not about the form that is open again.
        if (this.state.form === form) this.#waiting = [];
        else this.#goThrough();
      }
      const kept = form !== null && this.state.drafts[draftKey(shown, form.kind)] !== undefined;
      const words = changed ? message : texts('say.refused', { message });
      this.say(kept ? `${words} ${texts('draft')}` : words);
      if (changed) await this.#lookAgain(shown, acted === this.acted);
    }
  }

  /** Shows what stands at an item now; goes back to it where the person has not gone on to something else. */
  async #lookAgain(id: string, back: boolean): Promise<void> {
    this.#changed = { id, until: this.#now() + LOOK_MS };
    if (back && this.state.shown !== id) await this.backTo(id);
    else await this.link.record(id, true);
  }

  /** Looking again at decided items goes one by one; reviewing goes to the next undecided one. */
  #goOn(wasTodo: boolean): void {
    const { at, list } = this.state;
    if (wasTodo) void this.nextTodo();
    else if (at + 1 < list.total) this.moveTo(at + 1);
  }

  /** Sends the open form; `insist` keeps a text that the host has refused for its checks. */
  async saveForm(insist = false): Promise<void> {
    const { form, shown } = this.state;
    if (!form || shown === null) return;
    if (form.kind === 'again') {
      // It changes nothing of the round: a frozen one can be asked about, too.
      this.page.focusList();
      await askStudent(this, shown, form);
      return;
    }
    if (this.readOnly()) return;
    const problem = missingIn(form);
    if (problem !== null) {
      this.store.dispatch({ type: 'form-problem', problem });
      this.say(this.store.texts.peek()(problem));
      return;
    }
    const act = actOf(form, insist);
    this.page.focusList();
    if (act) await this.decide(act, form);
    else if (form.kind === 'ask') await ask(this, [shown], form);
  }

  /** Moves the cursor to an item, wherever in the list it is now. */
  async backTo(id: string): Promise<void> {
    await this.link.record(id, true);
    const place = rowById(this.state, id)?.[0];
    if (place !== undefined) this.moveTo(place);
    else {
      await this.link.again(id);
      await this.#showSelected();
    }
  }

  /** Another round: nothing of the one before stays on screen, so that no key is about it. */
  async turnTo(round: number): Promise<void> {
    await this.quietly(async () => {
      await this.#client.request('round', { round });
      this.store.dispatch({ type: 'round', round });
      await this.list(this.state.filter);
    });
  }

  async list(filter: Filter, sort: Sort = this.state.sort): Promise<void> {
    await this.link.list(filter, sort, this.state.selected);
    await this.#showSelected();
  }

  /** Requests without an answer worth showing; a failure is said. */
  async run(verb: Verb): Promise<void> {
    await this.quietly(() => this.#client.request('run', { verb }));
  }

  async quietly(request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
    } catch (error) {
      const { shown } = this.state;
      const message = messageOf(error);
      if (shown !== null) this.store.dispatch({ type: 'notice', id: shown, message });
      this.say(message);
    }
  }

  get client(): ReviewClient {
    return this.#client;
  }
}
