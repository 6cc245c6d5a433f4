import { performance } from 'node:perf_hooks';
import { AppError, cancelled, isAppError, textOf } from '../core/errors.ts';
import { sentence } from '../core/sentence.ts';
import { toWire } from '../core/wireText.ts';
import type { FinishedAttempt } from '../core/exam/attempt.ts';
import {
  engineErrorCodeSchema,
  ENGINE_NAME,
  ONNXRUNTIME_VERSION,
  parentMessageSchema,
  type ChildMessage,
  type EngineItem,
  type EngineStart,
  type ParentMessage,
} from '../core/exam/engineContract.ts';
import { CascadeModel } from './cascadeModel.ts';
import { checkParity } from './parityCheck.ts';
import { Sampler } from './sampler.ts';
import { Scheduler, type QueuedItem } from './scheduler.ts';
import { zeroCopySelfTest } from './session.ts';
import { StopRules } from './stopRules.ts';
import type { StudentConfig } from '../core/exam/studentConfig.ts';
import { readStudentFolder, readTokenizer, type StudentFolder } from './studentFolder.ts';
import { StudentTokenizer } from './tokens.ts';

const CANDIDATES = 64;
/** Attempts and progress go out this often, not one by one. */
const FLUSH_MS = 100;
/** Own tokens of a row that memory is planned for. */
const USUAL_TOKENS = 384;

/** A loaded exam: everything but the items. */
interface Exam {
  readonly start: EngineStart;
  readonly slots: number;
  readonly model: CascadeModel;
  readonly tokenizer: StudentTokenizer;
  readonly headIds: readonly number[];
  readonly stop: StopRules;
}

/** The child's side of the engine contract. One process sits one exam, or checks one student's parity. */
export class ExamProcess {
  private readonly send: (message: ChildMessage) => void;
  private exam: Exam | null = null;
  private scheduler: Scheduler | null = null;
  private stopped = false;
  private finished: FinishedAttempt[] = [];

  constructor(send: (message: ChildMessage) => void) {
    this.send = send;
  }

  /** Says who we are, the self test's word included. */
  async hello(): Promise<void> {
    const zeroCopy = await zeroCopySelfTest();
    this.send({
      type: 'hello',
      engine: ENGINE_NAME,
      ort: ONNXRUNTIME_VERSION,
      zeroCopy,
      node: process.version,
    });
    if (!zeroCopy) {
      this.send({
        type: 'warning',
        message: toWire(
          sentence`This build of onnxruntime copies its inputs: the exam runs on a slow path. Reinstall the pinned release.`,
        ),
      });
    }
  }

  /** Handles one message of the parent; failures are answered, never thrown. */
  async receive(raw: unknown): Promise<void> {
    try {
      const parsed = parentMessageSchema.safeParse(raw);
      if (!parsed.success) {
        throw new AppError(
          'unexpected',
          sentence`The engine process got a message that it does not know.`,
          {
            detail: { issue: parsed.error.issues[0]?.message },
          },
        );
      }
      await this.handle(parsed.data);
    } catch (error) {
      this.flush();
      if (isAppError(error, 'cancelled')) this.send({ type: 'cancelled' });
      else this.send(errorMessage(error));
    }
  }

  private async handle(message: ParentMessage): Promise<void> {
    switch (message.type) {
      case 'start':
        this.exam = await this.load(message);
        await this.run(this.exam);
        return;
      case 'items':
        this.addItems(message.items, message.last);
        return;
      case 'replay':
        await this.replay(message.item);
        return;
      case 'parity': {
        const outcome = await checkParity(message.folder, () => {
          if (this.stopped) throw cancelled();
        });
        this.send({ type: 'parityResult', ...outcome });
        return;
      }
      case 'encode': {
        const { folder, texts, chat } = message;
        const tokenizer = await StudentTokenizer.load(folder);
        if (chat !== undefined) tokenizer.requireFrame(chat);
        this.send({ type: 'encoded', ids: texts.map((text) => tokenizer.wholePrompt(text, chat)) });
        return;
      }
      case 'cancel':
        this.stopped = true;
        this.scheduler?.cancel();
        return;
    }
  }

  private async load(start: EngineStart): Promise<Exam> {
    const begin = performance.now();
    const folder = await readStudentFolder(start.folder);
    const tokenizer = await readTokenizer(start.folder, folder);
    this.warnAbout(folder);
    if (start.chat !== undefined) tokenizer.requireFrame(start.chat);
    const headIds = tokenizer.headIds(start.head, start.chat);
    const model = await CascadeModel.load(folder.config, folder.weights, {
      candidates: CANDIDATES,
      head: headIds,
      threads: start.threads,
    });
    const slots = affordableSlots(start, folder.config);
    this.send({
      type: 'loaded',
      ms: performance.now() - begin,
      rss: process.memoryUsage.rss(),
      family: folder.config.family,
      weights: folder.dtype,
      slots,
    });
    const eosIds = new Set([...folder.eosIds, ...(start.chat ? [start.chat.endId] : [])]);
    const stop = new StopRules({ ...start, eosIds }, tokenizer.bytes);
    return { start, slots, model, tokenizer, headIds, stop };
  }

  private warnAbout({ eosIds }: StudentFolder): void {
    if (eosIds.length > 0) return;
    this.send({
      type: 'warning',
      message: toWire(
        sentence`The student names no end-of-sequence token: its attempts end by the other stop rules only.`,
      ),
    });
  }

  private async run(exam: Exam): Promise<void> {
    const scheduler = this.newScheduler(exam, exam.slots, (count) =>
      this.send({ type: 'need', count }),
    );
    this.scheduler = scheduler;
    if (this.stopped) throw cancelled();
    await this.watch(scheduler);
  }

  private async replay(item: EngineItem): Promise<void> {
    const { exam } = this;
    if (exam === null || this.scheduler !== null) {
      throw new AppError(
        'usage',
        sentence`An item can be replayed once the exam is loaded and idle.`,
        {
          hint: sentence`Send start, let it finish, then replay.`,
        },
      );
    }
    const scheduler = this.newScheduler(exam, 1, () => undefined);
    this.scheduler = scheduler;
    this.addItems([item], true);
    await this.watch(scheduler);
  }

  private newScheduler(exam: Exam, slots: number, onNeed: (count: number) => void): Scheduler {
    return new Scheduler({
      model: exam.model,
      sampler: new Sampler(exam.start.sampling),
      stop: exam.stop,
      seed: exam.start.seed,
      slots,
      onFinished: (attempt) => this.finished.push(attempt),
      onNeed,
    });
  }

  /** Runs a scheduler to its end and keeps the parent informed. */
  private async watch(scheduler: Scheduler): Promise<void> {
    const timer = setInterval(() => {
      this.flush();
      this.send({ type: 'progress', ...scheduler.progress() });
    }, FLUSH_MS);
    try {
      await scheduler.run();
      this.flush();
      const { finished, tokens, steps } = scheduler.progress();
      this.send({ type: 'done', finished, tokens, steps });
    } finally {
      clearInterval(timer);
      this.scheduler = null;
    }
  }

  private flush(): void {
    if (this.finished.length === 0) return;
    this.send({ type: 'attempts', attempts: this.finished });
    this.finished = [];
  }

  private addItems(items: readonly EngineItem[], last: boolean): void {
    const { exam, scheduler } = this;
    if (exam === null || scheduler === null) {
      throw new AppError(
        'usage',
        sentence`The engine process got items before it asked for any.`,
        {},
      );
    }
    const queued = this.encode(exam, items);
    // Long prompts first: rows of a prefill group then differ little in length. Samples stay together (stable sort).
    queued.sort((a, b) => b.ids.length - a.ids.length);
    scheduler.add(queued, last);
  }

  private encode(
    { tokenizer, headIds, start, model }: Exam,
    items: readonly EngineItem[],
  ): QueuedItem[] {
    const idsOf = new Map<string, number[]>();
    return items.map(({ questionId, sample, prompt }) => {
      let ids = idsOf.get(prompt);
      if (ids === undefined) {
        ids = tokenizer.promptIds(start.head, headIds, prompt, start.chat);
        idsOf.set(prompt, ids);
        if (ids.length + start.maxNewTokens > model.maxTokens) {
          throw new AppError(
            'usage',
            sentence`The question ${questionId} does not fit the student’s context.`,
            {
              hint: sentence`Shorten the head or the question, or lower the cap of new tokens.`,
              detail: { questionId, promptTokens: ids.length, room: model.maxTokens },
            },
          );
        }
      }
      return { questionId, sample, ids };
    });
  }
}

/** As many rows as the memory holds at a usual length; fp32 K and V of every layer. */
function affordableSlots(start: EngineStart, config: StudentConfig): number {
  const perToken = 2 * 4 * config.layers * config.kvHeads * config.headDim;
  const affordable = Math.floor(start.memoryBytes / (perToken * USUAL_TOKENS));
  return Math.max(1, Math.min(start.slots, affordable));
}

function errorMessage(error: unknown): ChildMessage {
  const code = engineErrorCodeSchema.safeParse(isAppError(error) ? error.code : 'unexpected');
  return {
    type: 'error',
    code: code.success ? code.data : 'unexpected',
    message: toWire(textOf(error)),
    hint: isAppError(error) && error.said.hint !== undefined ? toWire(error.said.hint) : null,
    detail: isAppError(error) ? { ...error.detail } : {},
  };
}
