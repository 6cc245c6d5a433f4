import type { Again, RecordedAgain } from '../../src/core/exam/again.ts';
import type { AgainStore, AgainWriter } from '../../src/core/round/askAgain.ts';
import { MemoryStore } from './memoryStore.ts';

/** A project in memory that also keeps what students answered when they were asked again. */
export class MemoryAgainStore extends MemoryStore implements AgainStore {
  readonly asked: RecordedAgain[] = [];
  /** Files that are open; an asking leaves none. */
  open = 0;

  again(): Promise<readonly RecordedAgain[]> {
    return Promise.resolve([...this.asked]);
  }
  openAgain(): Promise<AgainWriter> {
    this.open += 1;
    return Promise.resolve({
      append: (answer: Again) => {
        const at = '2026-01-01T00:00:00.000Z';
        this.asked.push({ ...answer, writer: 'memory-1', seq: this.asked.length, at });
        return Promise.resolve();
      },
      close: () => {
        this.open -= 1;
        return Promise.resolve();
      },
    });
  }
}
