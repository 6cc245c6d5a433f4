import * as vscode from 'vscode';
import type { Clock } from '../core/ports.ts';
import type { Step } from '../core/round/step.ts';
import type { RoundFacts } from '../node/project/roundFacts.ts';
import type { JobState } from './ports.ts';

/** Files that change often are read again at most this often. */
const QUIET_MS = 500;

/** Where projects stand, read from their files once and again after something in them changed. */
export class Standing implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #known = new Map<string, Promise<RoundFacts[]>>();
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(clock: Clock, warn: (message: string) => void) {
    this.#clock = clock;
    this.#warn = warn;
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return this.#changed.event(listener);
  }

  of(root: string): Promise<RoundFacts[]> {
    const known = this.#known.get(root);
    if (known) return known;
    const reading = this.#read(root).catch((error: unknown) => {
      this.#known.delete(root);
      throw error;
    });
    this.#known.set(root, reading);
    return reading;
  }

  async #read(root: string): Promise<RoundFacts[]> {
    const { readRoundFacts } = await import('../node/project/roundFacts.ts');
    return readRoundFacts(root, {
      clock: this.#clock,
      onBad: ({ file, line, reason }) => this.#warn(`Line ${line} of ${file} ${String(reason)}.`),
    });
  }

  /** What is known may be out of date: it is read again when somebody asks. */
  stale(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.staleNow();
    }, QUIET_MS);
  }

  staleNow(): void {
    this.#known.clear();
    this.#changed.fire();
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#changed.dispose();
  }
}

/** A round of the tree; `facts` is null for the one that has not begun. */
export interface RoundPlace {
  readonly round: number;
  readonly facts: RoundFacts | null;
  readonly next: Step | null;
}

/** The rounds that have begun and, where all of these are over, the one that comes next. */
export function placesOf(facts: readonly RoundFacts[]): RoundPlace[] {
  const places = facts.map((one) => ({
    round: one.summary.round,
    facts: one,
    next: one.next,
  }));
  const last = facts.at(-1);
  if (!last) return [{ round: 0, facts: null, next: 'exam' }];
  const over = last.next === null && !last.isLast;
  if (!over) return places;
  return [...places, { round: last.summary.round + 1, facts: null, next: 'exam' }];
}

/** The round and step that a project's job is at: the first unfinished one where the job does not say. */
export function jobPlace(
  places: readonly RoundPlace[],
  job: JobState,
): { readonly round: number; readonly step: Step } | null {
  const open = places.find(({ next }) => next !== null);
  const round = job.round ?? open?.round ?? places.at(-1)?.round;
  if (round === undefined) return null;
  switch (job.stage) {
    case 'exam':
    case 'teach':
    case 'curate':
    case 'freeze':
    case 'train':
      return { round, step: job.stage };
    case 'round':
      return open?.next ? { round: open.round, step: open.next } : null;
    case 'other':
      return null;
  }
}
