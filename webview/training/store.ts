import { signal, type Signal } from '@preact/signals';
import { ChannelError, type Client } from '../../src/shared/contract.ts';
import type { TrainingContract, TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { trainingWords, type TrainingWords } from '../../src/shared/trainingWords.ts';

export type TrainingVerb = 'train' | 'stop' | 'show-log' | 'open-folder';

/** What the page keeps while it is hidden: how it is looked at, never what it shows. */
export interface Look {
  /** Curves that are shown as tables. */
  readonly tables: readonly string[];
  readonly more: boolean;
}

export const FIRST_LOOK: Look = { tables: [], more: false };

/** What was kept, or the first look where that is not ours. */
export function readLook(kept: unknown): Look {
  if (typeof kept !== 'object' || kept === null) return FIRST_LOOK;
  const tables = 'tables' in kept && Array.isArray(kept.tables) ? kept.tables : [];
  const more = 'more' in kept && kept.more === true;
  return { tables: tables.filter((one) => typeof one === 'string'), more };
}

/** What the curves need of a page: how they are looked at. */
export interface CurvesLook {
  readonly look: { readonly value: Look };
  toggleTable(curve: string): void;
  showMore(more: boolean): void;
}

/** The page's state: the host's last snapshot, and how the person looks at it. */
export class TrainingStore implements CurvesLook {
  readonly snapshot: Signal<TrainingSnapshot | null> = signal(null);
  readonly words: Signal<TrainingWords>;
  readonly problem: Signal<string | null> = signal(null);
  readonly look: Signal<Look>;
  readonly #client: Client<TrainingContract>;
  readonly #language: string;

  constructor(client: Client<TrainingContract>, language: string, look: Look) {
    this.#client = client;
    this.#language = language;
    this.look = signal(look);
    this.words = signal(trainingWords({}, language));
    client.on('snapshot', (snapshot) => this.#take(snapshot));
  }

  async start(): Promise<void> {
    await this.#ask(async () => {
      const { snapshot, strings } = await this.#client.request('init', {});
      this.words.value = trainingWords(strings, this.#language);
      this.#take(snapshot);
    });
  }

  async run(verb: TrainingVerb): Promise<void> {
    await this.#ask(() => this.#client.request('run', { verb }));
  }

  async show(round: number, runId: string): Promise<void> {
    await this.#ask(() => this.#client.request('show', { round, runId }));
  }

  toggleTable(curve: string): void {
    const { tables, more } = this.look.value;
    const others = tables.filter((one) => one !== curve);
    this.look.value = { more, tables: others.length < tables.length ? others : [...others, curve] };
  }

  showMore(more: boolean): void {
    this.look.value = { ...this.look.value, more };
  }

  /** A snapshot is whole: an older one that comes late is simply not shown. */
  #take(snapshot: TrainingSnapshot): void {
    const shown = this.snapshot.peek();
    if (shown && snapshot.rev < shown.rev) return;
    this.snapshot.value = snapshot;
  }

  async #ask(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.problem.value = null;
    } catch (error) {
      const known = error instanceof ChannelError ? error : null;
      const said = [known?.message ?? String(error), known?.hint];
      this.problem.value = said.filter((one) => one !== undefined).join(' ');
    }
  }
}
