import type { Point, TrainingSnapshot } from '../../shared/trainingContract.ts';
import { thinned } from './curve.ts';
import { isTerminal, type TrainerEvent } from './events.ts';
import { sourceCurves, type SourceStep } from './sourceCurves.ts';

type Metrics = Extract<TrainerEvent, { type: 'metrics' }>;
type Message = TrainingSnapshot['messages'][number];
/** A probe answered after an epoch. */
export type ProbeSample = Pick<
  Extract<TrainerEvent, { type: 'sample' }>,
  'epoch' | 'questionId' | 'text' | 'answer' | 'correct'
>;
type BySource = TrainingSnapshot['bySource'];

const BY_SOURCE = [
  ...(['lm', 'pair', 'cosPos', 'cosNeg', 'activeFrac'] as const),
  ...(['logpChosen', 'logpRejected', 'margin', 'accuracy'] as const),
] as const;

const NO_PREFERENCE = { logpChosen: null, logpRejected: null, margin: null, accuracy: null };

/** Sentences that a run's records become; `{0}` … are filled in. */
export interface TaleTexts {
  readonly checkpoint: (step: number) => string;
  readonly outOfMemory: (from: number, to: number) => string;
  readonly resumed: (attempt: number) => string;
  readonly probed: (epoch: number, correct: number, n: number) => string;
  readonly dropped: (count: number) => string;
  readonly stopped: () => string;
  readonly done: (steps: number, seconds: number) => string;
}

const MAX_POINTS = 600;
const MAX_MESSAGES = 200;
const SOURCE_STEPS = 20;

/** What a run's records, taken one after the other, tell about it so far. */
export class RunTale {
  readonly #texts: TaleTexts;
  #points: Point[] = [];
  #recent: Metrics[] = [];
  #sources: SourceStep[] = [];
  #messages: Message[] = [];
  readonly #probes = new Map<string, ProbeSample>();
  attempt = 0;
  phase: string | null = null;
  part: TrainingSnapshot['part'] = null;
  step = 0;
  steps = 0;
  epoch = 0;
  etaMs: number | null = null;
  device: string | null = null;
  precision: string | null = null;
  coverage: TrainingSnapshot['coverage'] = null;
  memoryMB: number | null = null;
  workerPid: number | null = null;
  host: string | null = null;
  hello: { readonly pid: number; readonly startTime: string } | null = null;
  /** The record that ended the last attempt. */
  end: TrainerEvent | null = null;

  constructor(texts: TaleTexts) {
    this.#texts = texts;
  }

  take(event: TrainerEvent): void {
    if (event.attempt > this.attempt) this.#begin(event);
    if (isTerminal(event)) this.end = event;
    switch (event.type) {
      case 'hello':
        this.host = event.host;
        this.hello = { pid: event.pid, startTime: event.startTime };
        return;
      case 'ready':
        this.workerPid = event.workerPid;
        this.precision = event.precision;
        this.device = event.device.map(({ name }) => name).join(', ') || null;
        return;
      case 'accepted':
        this.steps = event.steps;
        this.coverage = {
          rows: event.rows,
          questions: event.pairCoverage.questions,
          withPair: event.pairCoverage.withPair,
        };
        if (event.droppedCount > 0) {
          this.#say(event, 'warning', this.#texts.dropped(event.droppedCount));
        }
        return;
      case 'phase':
        this.phase = event.name;
        this.part = null;
        if (event.name !== 'training') this.etaMs = null;
        return;
      case 'reference':
        this.part = { done: event.done, of: event.of };
        return;
      case 'progress':
        this.step = event.step;
        this.steps = event.steps;
        this.epoch = event.epoch;
        this.etaMs = event.etaMs === null || event.etaMs < 0 ? null : event.etaMs;
        return;
      case 'metrics':
        this.#measure(event);
        return;
      case 'heartbeat':
        this.memoryMB = event.gpuMB ?? event.rssMB;
        return;
      case 'sample':
        // A run that went back to a checkpoint asks again: the later answer counts.
        this.#probes.set(`${event.epoch}/${event.questionId}`, event);
        return;
      case 'eval':
        this.#say(event, 'info', this.#texts.probed(event.epoch, event.correct, event.n));
        return;
      case 'checkpoint':
        this.#say(event, 'info', this.#texts.checkpoint(event.step));
        return;
      case 'oom':
        this.#say(event, 'warning', this.#texts.outOfMemory(event.microBatch, event.newMicroBatch));
        return;
      case 'warning':
        this.#say(event, 'warning', event.message);
        return;
      case 'log':
        this.#say(event, event.level === 'error' ? 'error' : 'info', event.msg);
        return;
      case 'error':
        this.#say(event, 'error', event.message, event.hint);
        return;
      case 'cancelled':
        this.#say(event, 'info', this.#texts.stopped());
        return;
      case 'done':
        this.step = this.steps;
        this.etaMs = 0;
        this.#say(
          event,
          'info',
          this.#texts.done(event.summary.steps, Math.round(event.summary.seconds)),
        );
    }
  }

  get points(): readonly Point[] {
    return thinned(this.#points, MAX_POINTS);
  }

  /** In the order in which they were first asked. */
  get probes(): readonly ProbeSample[] {
    return [...this.#probes.values()];
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /**
   * Means over the last steps, each source weighted by its texts, or by its pairs where these are counted: one step has
   * too few of them to say anything.
   */
  get bySource(): { readonly means: BySource; readonly steps: number } {
    const texts = new Map<string, number>();
    const values = new Map<string, { sum: number; of: number }>();
    for (const { bySource } of this.#recent) {
      for (const [source, entry] of Object.entries(bySource)) {
        texts.set(source, (texts.get(source) ?? 0) + entry.n);
        const measured = { ...entry, ...(entry.preference ?? NO_PREFERENCE) };
        for (const name of BY_SOURCE) {
          const value = measured[name];
          if (value === null) continue;
          const weight = name === 'lm' ? entry.n : (entry.preference?.pairs ?? entry.n);
          const { sum, of } = values.get(`${source}/${name}`) ?? { sum: 0, of: 0 };
          values.set(`${source}/${name}`, { sum: sum + value * weight, of: of + weight });
        }
      }
    }
    const mean = (source: string, name: string): number | null => {
      const found = values.get(`${source}/${name}`);
      return found && found.of > 0 ? found.sum / found.of : null;
    };
    const means = [...texts].map(([source, n]) => [
      source,
      { n, ...Object.fromEntries(BY_SOURCE.map((name) => [name, mean(source, name)])) },
    ]);
    // SAFETY: pairs of a source's name and the members of its entry, as built above.
    return { means: Object.fromEntries(means) as BySource, steps: this.#recent.length };
  }

  get sourceCurves(): TrainingSnapshot['sourceCurves'] {
    return sourceCurves(this.#sources);
  }

  #begin(event: TrainerEvent): void {
    if (this.attempt > 0) this.#say(event, 'info', this.#texts.resumed(event.attempt));
    this.attempt = event.attempt;
    this.end = null;
    this.phase = null;
    this.part = null;
    this.etaMs = null;
    this.hello = null;
    this.workerPid = null;
  }

  #measure(event: Metrics): void {
    const { step, lm, pair, loss, cosPos, cosNeg, activeFrac, lr, gradNorm, tokPerS } = event;
    const { logpChosen, logpRejected, margin, accuracy } = event.preference ?? NO_PREFERENCE;
    // A resumed run repeats the steps after its checkpoint: what they were before no longer counts.
    while ((this.#points.at(-1)?.step ?? -1) >= step) this.#points.pop();
    while ((this.#sources.at(-1)?.step ?? -1) >= step) this.#sources.pop();
    this.#sources.push({ step, bySource: event.bySource });
    this.#points.push({
      step,
      lm,
      pair,
      loss,
      cosPos,
      cosNeg,
      activeFrac,
      logpChosen,
      logpRejected,
      margin,
      accuracy,
      lr,
      gradNorm,
      tokPerS,
    });
    this.#recent.push(event);
    if (this.#recent.length > SOURCE_STEPS) this.#recent.shift();
    this.memoryMB ??= event.memMB;
  }

  #say(
    { t }: TrainerEvent,
    level: Message['level'],
    text: string,
    hint: string | null = null,
  ): void {
    this.#messages.push({ t, level, text, hint });
    if (this.#messages.length > MAX_MESSAGES) this.#messages.shift();
  }
}
