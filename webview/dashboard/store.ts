import { signal, type Signal } from '@preact/signals';
import type { Client, Params } from '../../src/shared/contract.ts';
import type {
  DashboardContract,
  DashboardState,
  ListedQuestion,
  ListName,
} from '../../src/shared/dashboardContract.ts';
import { dashboardWords, type DashboardWords } from '../../src/shared/dashboardWords.ts';
import { messageOf } from '../kit/failure.ts';
import type { CurvesLook } from '../training/store.ts';
import { trainingWords, type TrainingWords } from '../../src/shared/trainingWords.ts';
import type { BoardLook } from './look.ts';

export type BoardVerb = 'train' | 'stop' | 'round' | 'look-at-test' | 'show-training';
export type ReportFormat = 'markdown' | 'html' | 'csv';

/** A list that is open, as far as it has been read. */
export interface OpenList {
  readonly list: ListName;
  readonly from: number;
  readonly total: number | null;
  readonly questions: readonly ListedQuestion[];
  readonly problem: string | null;
}

/** Questions of a list that are shown at once. */
export const PAGE = 50;

type Saving = Params<DashboardContract, 'export'>;

/** The page's state: the host's last picture of the project, and how the person looks at it. */
export class DashboardStore implements CurvesLook {
  readonly state: Signal<DashboardState | null> = signal(null);
  readonly words: Signal<DashboardWords>;
  readonly trainingWords: Signal<TrainingWords>;
  readonly problem: Signal<string | null> = signal(null);
  /** Said once, to those who do not see what has changed. */
  readonly said: Signal<string> = signal('');
  readonly look: Signal<BoardLook>;
  readonly open: Signal<OpenList | null> = signal(null);
  readonly #client: Client<DashboardContract>;
  readonly #language: string;
  /** What lists are made of; other news do not read them again. */
  #listed = '';
  #asked = 0;

  constructor(client: Client<DashboardContract>, language: string, look: BoardLook) {
    this.#client = client;
    this.#language = language;
    this.look = signal(look);
    this.words = signal(dashboardWords({}, language));
    this.trainingWords = signal(trainingWords({}, language));
    client.on('state', (state) => this.#take(state));
  }

  async start(): Promise<void> {
    await this.#ask(async () => {
      const { state, strings } = await this.#client.request('init', {});
      this.words.value = dashboardWords(strings, this.#language);
      this.trainingWords.value = trainingWords(strings, this.#language);
      this.#take(state);
      const { list } = this.look.value;
      if (list && !this.open.value) void this.openList(list);
    });
  }

  async run(verb: BoardVerb): Promise<void> {
    await this.#ask(() => this.#client.request('run', { verb }));
  }

  async compare(from: number, to: number, set: string): Promise<void> {
    await this.#ask(() => this.#client.request('compare', { from, to, set }));
  }

  async showRun(round: number, runId: string): Promise<void> {
    await this.#ask(() => this.#client.request('showRun', { round, runId }));
  }

  async report(format: ReportFormat): Promise<void> {
    await this.#save({ format });
  }

  async savePicture(format: 'svg' | 'png', name: string, data: string): Promise<void> {
    await this.#save({ format, name, data });
  }

  async openList(list: ListName): Promise<void> {
    this.look.value = { ...this.look.value, list };
    this.open.value = { list, from: 0, total: null, questions: [], problem: null };
    await this.#read(0);
  }

  closeList(): void {
    this.look.value = { ...this.look.value, list: null };
    this.open.value = null;
  }

  async turnTo(from: number): Promise<void> {
    await this.#read(Math.max(0, from));
  }

  /** The whole list in Review. */
  async review(): Promise<void> {
    const { value } = this.open;
    if (value) await this.#ask(() => this.#client.request('open', { list: value.list, id: null }));
  }

  /** One question where it can be looked at: in Review, or in its data file. */
  async show(id: string): Promise<void> {
    const list = this.open.value?.list ?? null;
    await this.#ask(() => this.#client.request('open', { list, id }));
  }

  toggleTable(picture: string): void {
    const { tables } = this.look.value;
    const others = tables.filter((one) => one !== picture);
    const now = others.length < tables.length ? others : [...others, picture];
    this.look.value = { ...this.look.value, tables: now };
  }

  showMore(more: boolean): void {
    this.look.value = { ...this.look.value, more };
  }

  async #read(from: number): Promise<void> {
    const list = this.open.value?.list;
    if (!list) return;
    this.#asked += 1;
    const asked = this.#asked;
    const params = { list, from, count: PAGE };
    try {
      const { total, questions } = await this.#client.request('list', params);
      // Another list, or another page of it, is wanted by now.
      if (asked !== this.#asked || this.open.value?.list !== list) return;
      // The list has become shorter meanwhile.
      if (from > 0 && from >= total) {
        await this.#read(Math.max(0, total - PAGE));
        return;
      }
      this.open.value = { list, from, total, questions, problem: null };
    } catch (error) {
      if (asked !== this.#asked || !this.open.value) return;
      this.open.value = { ...this.open.value, total: 0, questions: [], problem: messageOf(error) };
    }
  }

  async #save(what: Saving): Promise<void> {
    const saved = await this.#ask(() => this.#client.request('export', what));
    if (saved?.saved) this.said.value = this.words.value('board.saved');
  }

  /** A state is whole: an older one that comes late is simply not shown. */
  #take(state: DashboardState): void {
    const shown = this.state.peek();
    if (shown && state.rev < shown.rev) return;
    this.state.value = state;
    const { rounds, comparison, trajectories, acceptance, contamination } = state;
    const listed = JSON.stringify([rounds, comparison, trajectories, acceptance, contamination]);
    if (listed === this.#listed) return;
    const first = this.#listed === '';
    this.#listed = listed;
    if (!first && this.open.value) void this.#read(this.open.value.from);
  }

  async #ask<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const result = await work();
      this.problem.value = null;
      return result;
    } catch (error) {
      this.problem.value = messageOf(error);
      return null;
    }
  }
}
