import type { Clock, Log } from '../../core/ports.ts';
import type { Fs } from '../storage/fs.ts';
import type { BadLine } from '../storage/readJournal.ts';
import type { BudgetLimits } from './budget.ts';
import type { Dialect } from './dialect.ts';
import type { Endpoint } from './endpoint.ts';
import { Ledger } from './ledger.ts';
import { TeacherClient, type ClientOptions } from './teacherClient.ts';

export interface CreateTeacherOptions {
  /** The project's `rounds` folder, the round that asks, and the name of its journal file there. */
  readonly roundsFolder: string;
  readonly round: number;
  readonly writer: string;
  readonly budget: BudgetLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly onPause?: (until: number) => void;
  readonly onLearned?: (dialect: Dialect) => void;
  readonly options?: Partial<ClientOptions>;
  readonly random?: () => number;
  readonly fs?: Fs;
  /** Of the lock under which the round is worked on. */
  readonly generation?: number;
}

/** A teacher ready to be asked, with the journal of its round. */
export interface OpenedTeacher {
  readonly teacher: TeacherClient;
  /** Questions worth having under way at the same time. */
  readonly concurrency: number;
  /** Journal lines that could not be read: their replies may be paid for again. */
  readonly quarantined: readonly BadLine[];
  close(): Promise<void>;
}

/** Opens a teacher for one round: reads all earlier replies, then appends to `rounds/N/teacher/<writer>.jsonl`. */
export async function createTeacher(
  endpoint: Endpoint,
  options: CreateTeacherOptions,
): Promise<OpenedTeacher> {
  const { prices, profile } = endpoint;
  const ledger = await Ledger.open({ ...options, prices, profile });
  const teacher = new TeacherClient(endpoint, {
    ledger,
    clock: options.clock,
    log: options.log,
    budget: options.budget,
    random: options.random ?? Math.random,
    ...(options.options === undefined ? {} : { options: options.options }),
    ...(options.onPause === undefined ? {} : { onPause: options.onPause }),
    ...(options.onLearned === undefined ? {} : { onLearned: options.onLearned }),
  });
  return {
    teacher,
    concurrency: endpoint.concurrency,
    quarantined: ledger.quarantined,
    close: async () => {
      teacher.close();
      await ledger.close();
    },
  };
}
