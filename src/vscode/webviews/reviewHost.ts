import * as vscode from 'vscode';
import type { Log } from '../../core/ports.ts';
import type { Handlers, Payload, Server } from '../../shared/contract.ts';
import { reviewContract, type ReviewContract, type Snapshot } from '../../shared/reviewContract.ts';
import { DECIDING } from '../../shared/reviewCommands.ts';
import { serve } from '../../shared/serve.ts';
import { isAppError } from '../../core/errors.ts';
import type { Outside, ReviewActions } from '../../node/review/ports.ts';
import { DisposableStore, type Disposable } from '../disposableStore.ts';
import type { Projects } from '../ports.ts';
import { saidError, saidOnWire } from '../said.ts';
import { emptySnapshot, handlersWithoutReview } from './noReview.ts';
import type { OpenReview, Place, ReviewPeer } from './reviewPeer.ts';
import { webviewPort } from './webviewPort.ts';

export type ViewCommand = Payload<ReviewContract, 'command'>['name'];

/** One place where Review is shown. */
export interface ReviewSurface {
  readonly place: Place;
  readonly webview: vscode.Webview;
  /** Brings it to the front and gives it the keyboard. */
  reveal(): void;
  /** Loads the page anew: it then asks for everything again. */
  reload(): void;
  /** Shows how many items wait, where the surface can. */
  badge?(todo: number): void;
}

/** An item to go to, or a list to show. */
export type Goal = Payload<ReviewContract, 'show'> | Payload<ReviewContract, 'list'>;

export interface ReviewHostParts {
  /** `known` resolves once the workspace has been looked through. */
  readonly projects: Projects & { known(): Promise<void> };
  readonly open: OpenReview;
  readonly actionsFor: (root: string | null) => ReviewActions;
  readonly outside: { now(root: string): Outside; onDidChange(listener: () => void): Disposable };
  readonly log: Log;
  /** How long a review stays open that nobody looks at. */
  readonly lingerMs?: number;
}

/** Who closes a view and opens it again, or the other one, finds its review as it was. */
const LINGER_MS = 5 * 60_000;

interface Attached {
  readonly surface: ReviewSurface;
  readonly server: Server<ReviewContract>;
  /** Its page is there and listens. */
  loaded: boolean;
  /** Grows with every page that is gone: what that one still asked for loads nothing. */
  gone: number;
  /** This view's connection with the review that is open now. */
  connection: {
    readonly peer: ReviewPeer;
    readonly handlers: ReturnType<ReviewPeer['handlersFor']>;
  } | null;
}

interface Current {
  readonly root: string | null;
  readonly peer: Promise<ReviewPeer | null>;
  readonly failure: string | null;
}

/** A view that is served. */
export interface Served extends Disposable {
  /** The view is hidden, and the editor has destroyed its page: one that comes back asks for everything again. */
  hidden(): void;
}

/** Joins the views of Review, wherever they lie, with the review of the current project. */
export class ReviewHost implements Disposable {
  readonly #parts: ReviewHostParts;
  readonly #store: DisposableStore;
  readonly #views = new Map<Place, Attached>();
  #current: Current | null = null;
  #snapshot: Snapshot | null = null;
  #lastFocused: Place | null = null;
  #waiting: ViewCommand | null = null;
  /** Where the panel goes once its page listens; forgotten with that page. */
  #toShow: Goal | null = null;
  #disposed = false;
  #lingering: NodeJS.Timeout | undefined;

  constructor(parts: ReviewHostParts) {
    this.#parts = parts;
    this.#store = new DisposableStore((error) => parts.log.error(String(error)));
    this.#store.add(parts.projects.onDidChange(() => this.#onProject()));
    this.#store.add(
      parts.outside.onDidChange(() => {
        const { root, peer } = this.#current ?? {};
        if (root === undefined || root === null) return;
        void peer?.then((one) => one?.setOutside(parts.outside.now(root)));
      }),
    );
  }

  /** Serves a view until the result is disposed. */
  attach(surface: ReviewSurface): Served {
    const former = this.#views.get(surface.place);
    former?.server.dispose();
    former?.connection?.handlers.dispose();
    const server = serve(
      reviewContract,
      webviewPort(surface.webview),
      this.#delegate(surface.place),
      { onError: (error, method) => this.#logError(method, error), say: saidOnWire },
    );
    const attached: Attached = { surface, server, loaded: false, gone: 0, connection: null };
    this.#views.set(surface.place, attached);
    clearTimeout(this.#lingering);
    surface.badge?.(this.#snapshot?.counts.todo ?? 0);
    return {
      hidden: () => {
        attached.loaded = false;
        attached.gone += 1;
        if (surface.place === 'panel') this.#toShow = null;
        if (this.#views.get(surface.place) === attached) this.#noteFocus(surface.place, 'none');
      },
      dispose: () => {
        server.dispose();
        attached.connection?.handlers.dispose();
        if (this.#views.get(surface.place) !== attached) return;
        this.#views.delete(surface.place);
        if (surface.place === 'panel') this.#toShow = null;
        if (this.#lastFocused === surface.place) this.#noteFocus(surface.place, 'none');
        this.#closeLater();
      },
    };
  }

  /** Sends a command of the palette to the view that had the keyboard last; opens one where there is none. */
  async forward(name: ViewCommand): Promise<void> {
    const place = this.#lastFocused ?? (this.#views.has('panel') ? 'panel' : 'side');
    const view = this.#views.get(place) ?? [...this.#views.values()][0];
    if (view?.loaded) {
      view.surface.reveal();
      view.server.emit('command', { name });
      return;
    }
    // Seconds may pass until there is something to look at: what decides would hit what nobody has seen.
    if (!DECIDING.has(name)) this.#waiting = name;
    else tellNothingDecided();
    if (view) view.surface.reveal();
    else await vscode.commands.executeCommand('tailor.review.focus');
  }

  /** Goes to an item or shows a list in the panel, at once or as soon as it has loaded. */
  showInPanel(goal: Goal): void {
    const panel = this.#views.get('panel');
    if (panel?.loaded) go(panel.server, goal);
    else this.#toShow = goal;
  }

  /** The review of the current project, opened where it is not yet; null without a project. */
  async peer(): Promise<ReviewPeer | null> {
    await this.#parts.projects.known();
    const { peer } = this.#open();
    this.#closeLater();
    return peer;
  }

  dispose(): void {
    this.#disposed = true;
    this.#store.dispose();
    for (const { server } of this.#views.values()) server.dispose();
    this.#views.clear();
    this.#close();
  }

  #delegate(place: Place): Handlers<ReviewContract> {
    const handlers = Object.keys(reviewContract.requests).map((method) => [
      method,
      async (params: unknown, signal: unknown) => {
        const asker = this.#views.get(place)?.gone;
        const all = await this.#handlers(place);
        // SAFETY: `serve` parsed the parameters by the schema of this very method.
        const run = all[method as keyof Handlers<ReviewContract>] as (
          params: unknown,
          signal: unknown,
        ) => unknown;
        const result = await run.call(all, params, signal);
        if (method === 'init') this.#onLoaded(place, result, asker);
        if (method === 'focus') this.#onFocus(place, params);
        return result;
      },
    ]);
    // SAFETY: one handler for every request of the contract, each answering what that request's own handler answers.
    return Object.fromEntries(handlers) as Handlers<ReviewContract>;
  }

  async #handlers(place: Place): Promise<Handlers<ReviewContract>> {
    await this.#parts.projects.known();
    const current = this.#open();
    const peer = await current.peer;
    if (peer) return this.#connection(place, peer);
    const actions = this.#parts.actionsFor(current.root);
    return handlersWithoutReview(this.#without(this.#current ?? current), actions);
  }

  #connection(place: Place, peer: ReviewPeer): Handlers<ReviewContract> {
    const view = this.#views.get(place);
    if (view?.connection?.peer === peer) return view.connection.handlers;
    view?.connection?.handlers.dispose();
    const handlers = peer.handlersFor(place);
    if (view) view.connection = { peer, handlers };
    return handlers;
  }

  #without({ root, failure }: Current): Snapshot {
    const create = { label: vscode.l10n.t('Create Project'), verb: 'create-project' };
    if (root === null) return emptySnapshot('no-project', { project: '', primary: create });
    const reload = { label: vscode.l10n.t('Try Again'), verb: 'reload' };
    return emptySnapshot('failed', { project: root, primary: reload }, [
      { code: 'file-error', message: failure ?? '', action: reload },
    ]);
  }

  #open(): Current {
    const root = this.#parts.projects.current?.root ?? null;
    if (this.#current?.root === root) return this.#current;
    if (root === null || this.#disposed) {
      return (this.#current = { root: null, peer: Promise.resolve(null), failure: null });
    }
    const { open, actionsFor, outside } = this.#parts;
    const peer = open({ root, actions: actionsFor(root), outside: outside.now(root) }).then(
      (one) => this.#adopt(opened, one),
      (error: unknown) => this.#onFailure(opened, error),
    );
    const opened: Current = { root, peer, failure: null };
    this.#current = opened;
    return opened;
  }

  #adopt(opened: Current, peer: ReviewPeer): ReviewPeer | null {
    if (this.#current !== opened) {
      void peer.dispose();
      return null;
    }
    peer.onSnapshot((snapshot) => {
      if (this.#current === opened) this.#show(snapshot);
    });
    return peer;
  }

  #onFailure(opened: Current, error: unknown): null {
    this.#logError('open', error);
    if (this.#current !== opened) return null;
    const known = isAppError(error)
      ? saidError(error)
      : vscode.l10n.t('The review could not be opened; the log says why.');
    this.#current = { ...opened, peer: Promise.resolve(null), failure: known };
    return null;
  }

  #show(snapshot: Snapshot): void {
    for (const { server } of this.#views.values()) server.emit('snapshot', snapshot);
    this.#note(snapshot);
  }

  #note(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    for (const { surface } of this.#views.values()) surface.badge?.(snapshot.counts.todo);
    const hasReview = ['ready', 'frozen', 'training'].includes(snapshot.phase);
    setContext('tailor.hasReview', hasReview && this.#views.size > 0);
  }

  #onProject(): void {
    const root = this.#parts.projects.current?.root ?? null;
    if (this.#current === null || this.#current.root === root) return;
    this.reload();
  }

  /** Closes the review and loads every view anew. */
  reload(): void {
    this.#close();
    for (const view of this.#views.values()) {
      view.loaded = false;
      view.gone += 1;
      view.surface.badge?.(0);
      view.surface.reload();
    }
  }

  /** Without a view the review is closed after a while: reading a large round again takes long, keeping it costs memory. */
  #closeLater(): void {
    clearTimeout(this.#lingering);
    if (this.#views.size > 0 || this.#current === null) return;
    setContext('tailor.hasReview', false);
    this.#lingering = setTimeout(() => this.#close(), this.#parts.lingerMs ?? LINGER_MS);
    this.#lingering.unref();
  }

  #close(): void {
    clearTimeout(this.#lingering);
    const closed = this.#current;
    this.#current = null;
    this.#snapshot = null;
    this.#toShow = null;
    setContext('tailor.hasReview', false);
    void closed?.peer.then((peer) => peer?.dispose());
  }

  #onLoaded(place: Place, result: unknown, asker: number | undefined): void {
    const { data } = reviewContract.requests.init.result.safeParse(result);
    if (data) this.#note(data.snapshot);
    const view = this.#views.get(place);
    if (view?.gone !== asker || !view) return;
    view.loaded = true;
    const name = this.#waiting;
    this.#waiting = null;
    const goal = place === 'panel' ? this.#toShow : null;
    if (place === 'panel') this.#toShow = null;
    // After the answer to `init` has been posted: the page listens to nothing before it.
    setImmediate(() => {
      if (goal !== null) go(view.server, goal);
      if (name) view.server.emit('command', { name });
    });
  }

  #onFocus(place: Place, params: unknown): void {
    const parsed = reviewContract.requests.focus.params.safeParse(params);
    if (parsed.success) this.#noteFocus(place, parsed.data.where);
  }

  #noteFocus(place: Place, where: 'list' | 'detail' | 'editor' | 'none'): void {
    if (where !== 'none') this.#lastFocused = place;
    else if (!this.#views.has(place)) this.#lastFocused = null;
    setContext('tailor.reviewListFocused', where === 'list');
  }

  #logError(method: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.log.error(`Review, ${method}: ${text}`);
  }
}

function go(server: Server<ReviewContract>, goal: Goal): void {
  if ('id' in goal) server.emit('show', goal);
  else server.emit('list', goal);
}

function tellNothingDecided(): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Nothing was decided: Review was not open yet. Look at the item, then repeat the command.',
    ),
  );
}

function setContext(key: 'tailor.hasReview' | 'tailor.reviewListFocused', value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
