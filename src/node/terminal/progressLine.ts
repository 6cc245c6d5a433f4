import type { Progress, Report } from '../../core/ports.ts';
import { formatDuration } from './format.ts';
import { visibleText } from '../../core/visibleText.ts';

export interface TextSink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** On a terminal one line is rewritten in place; elsewhere a line every `quietMs` and one when a stage ends. */
export class ProgressLine {
  readonly #sink: TextSink;
  readonly #now: () => number;
  readonly #quietMs: number;
  #shown = '';
  #lastAt = -Infinity;
  #stage = '';

  constructor(sink: TextSink, now: () => number, quietMs = 15_000) {
    this.#sink = sink;
    this.#now = now;
    this.#quietMs = quietMs;
  }

  readonly report: Report = (progress) => {
    const finished = progress.done >= progress.total && progress.total > 0;
    const stage = String(progress.stage);
    const isNew = stage !== this.#stage;
    this.#stage = stage;
    const pause = this.#sink.isTTY === true ? 100 : this.#quietMs;
    const now = this.#now();
    if (!finished && !isNew && now - this.#lastAt < pause) return;
    this.#lastAt = now;
    const text = visibleText(describe(progress));
    if (text === this.#shown) return;
    if (this.#sink.isTTY === true) {
      this.#sink.write(`\r\u001b[2K${text.slice(0, (this.#sink.columns ?? 80) - 1)}`);
      this.#shown = text;
    } else {
      this.#sink.write(`${text}\n`);
      this.#shown = text;
    }
  };

  /** Writes a line that stays, above the progress. */
  line(text: string): void {
    this.clear();
    this.#sink.write(`${visibleText(text)}\n`);
  }

  clear(): void {
    if (this.#sink.isTTY === true && this.#shown !== '') this.#sink.write('\r\u001b[2K');
    this.#shown = '';
  }
}

function describe({ stage, done, total, etaMs, note }: Progress): string {
  const share = total > 0 ? ` ${done}/${total}` : '';
  const eta = etaMs === null || done >= total ? '' : `, ${formatDuration(etaMs / 1000)} left`;
  return `  ${String(stage)}${share}${eta}${note === undefined ? '' : ` · ${String(note)}`}`;
}
