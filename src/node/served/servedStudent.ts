import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, cancelled, isAppError } from '../../core/errors.ts';
import type { ExamRequest, StudentIdentity } from '../../core/exam/attempt.ts';
import { paritySchema, type Parity } from '../../core/exam/parity.ts';
import { describeParity } from '../../core/exam/describeParity.ts';
import { passed, type ParityVerdict } from '../../core/exam/parityVerdict.ts';
import { servedEngine } from '../../core/exam/served.ts';
import {
  compareServed,
  hasTexts,
  SERVED_TOLERANCE,
  tellsIds,
} from '../../core/exam/servedParity.ts';
import { serveCommands } from '../../core/exam/serveCommands.ts';
import type { Student } from '../../core/exam/student.ts';
import type { Clock, Log, Report, Signal } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import { exists, requireRecordedWeights, StudentDigests } from '../exam/studentDigest.ts';
import { abortSignalOf } from '../teacher/abortSignal.ts';
import { credentialsOf } from '../teacher/credentials.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { createRedactor, type Redactor } from '../teacher/redact.ts';
import { estimateExam } from './estimateExam.ts';
import { servedError } from './failure.ts';
import type { Meter } from './meter.ts';
import { checkServerURL, formOf } from './profiles.ts';
import { markedPrompts, type MarkedParts } from './promptIds.ts';
import { sitServed } from './sitting.ts';
import { askGreedy, listModels } from './requests.ts';
import { tell, type ServerAccess } from './transport.ts';
import { greedyOf } from './wire.ts';

/** How often a server that is waited for is asked whether it answers as the trained student by now. */
const POLL_MS = 3000;
/** Where the trainer keeps the adapters of a run, inside the student's folder. */
const ADAPTER = 'adapter';

/** A served student's server, and whom it tells what. */
export interface ServedStudentOptions {
  readonly access: ServerAccess;
  readonly clock: Clock;
  readonly log: Log;
  readonly report: Report;
  /** Wait until the server answers as the student of the folder, instead of saying that it does not. */
  readonly wait: boolean;
  /** `exam.sampling.topK` of the project, for the commands that serve a student. */
  readonly topK: number;
  readonly random?: () => number;
  /** Opens the book of the requests; null where they cost nothing and are not limited. */
  readonly openMeter?: (() => Promise<Meter>) | null;
  /** Makes the token ids of prompts, for questions with special marks inside; without it they are sent as text. */
  readonly encode?: MarkedParts['encode'];
}

/**
 * A student behind an OpenAI-compatible server. Its folder says who it is, the server answers for it: before an exam
 * the server's answers are held against what the trainer recorded in the folder's parity.json.
 */
export class ServedStudent implements Student {
  readonly #options: ServedStudentOptions;
  readonly #digests = new StudentDigests();
  readonly #redact: Redactor;
  /** The reason for waiting that was told last: it is told once. */
  #said = '';

  constructor(options: ServedStudentOptions) {
    this.#options = options;
    const { key, profile } = options.access;
    this.#redact = createRedactor(credentialsOf(key, profile.headers));
  }

  async identify(folder: string): Promise<StudentIdentity> {
    const { digest, parameters } = await this.#digests.identify(folder);
    return { digest, parameters, engine: servedEngine(formOf(this.#options.access.profile)) };
  }

  async sit(request: ExamRequest, hooks: Parameters<Student['sit']>[1]): Promise<void> {
    if (hooks.signal.aborted) throw cancelled();
    if (request.items.length === 0) return;
    const { access, clock, log, random = Math.random, encode } = this.#options;
    const patience = { clock, log, random, redact: this.#redact };
    const linked = abortSignalOf(hooks.signal);
    const meter = (await this.#options.openMeter?.()) ?? null;
    if (meter?.prices !== undefined) {
      const { samples, name } = access.profile;
      const about = { together: samples === 'together', prices: meter.prices, now: clock.now() };
      log.info(estimateExam(name, request, about).toString());
    }
    try {
      const { signal } = linked;
      const model = await this.#modelFor(request.student);
      const marked = await this.#told(() =>
        markedPrompts(request, { ...patience, access, model, signal, meter, encode }),
      );
      const peak = await sitServed({
        ...patience,
        access,
        model,
        request,
        marked,
        signal,
        report: hooks.report,
        meter,
        onAttempt: (attempt) => hooks.onAttempt(attempt),
      });
      log.debug(`${access.profile.name}: at most ${peak} requests at once`);
    } finally {
      linked.unlink();
      await meter?.close();
    }
  }

  /** What the server refuses, in words for a person. */
  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TeacherFailure)) throw error;
      throw servedError(error, this.#redact, { profile: this.#options.access.profile.name });
    }
  }

  async checkParity(folder: string, signal: Signal): Promise<ParityVerdict> {
    const linked = abortSignalOf(signal);
    const meter = (await this.#options.openMeter?.()) ?? null;
    try {
      for (;;) {
        try {
          return await this.#check(folder, linked.signal, meter);
        } catch (error) {
          const waits =
            isAppError(error, 'student.notServed') || isAppError(error, 'student.server');
          if (!this.#options.wait || !waits) throw error;
          await this.#await(error, linked.signal);
        }
      }
    } finally {
      linked.unlink();
      await meter?.close();
    }
  }

  async #await(reason: AppError, signal: AbortSignal): Promise<void> {
    const { clock, report, log } = this.#options;
    if (this.#said !== reason.message) log.info(`${reason.message} ${reason.hint ?? ''}`);
    this.#said = reason.message;
    const note = reason.said.hint;
    report({
      stage: sentence`waiting for the student’s server`,
      done: 0,
      total: 1,
      etaMs: null,
      ...(note === undefined ? {} : { note }),
    });
    await clock.sleep(POLL_MS, signal);
  }

  async #check(folder: string, signal: AbortSignal, meter: Meter | null): Promise<ParityVerdict> {
    const { log, access } = this.#options;
    try {
      const model = await this.#present(folder, signal);
      const parity = await recordOf(folder);
      if (parity === null) {
        log.warn(
          `${basename(folder)} was not made by the trainer: whether ${access.profile.name} serves these very weights cannot be checked. tailor student --record makes the record that is missing.`,
        );
        return { verdict: 'unchecked', by: access.profile.name };
      }
      await requireRecordedWeights(this.#digests, folder, parity.weightsSha256);
      const { precision } = access.profile;
      const answers = [];
      for (const prompt of parity.prompts) {
        const asked = { model, prompt: prompt.text, tokens: prompt.greedyIds.length };
        const [choice] = await askGreedy(access, asked, signal, meter);
        answers.push(choice === undefined ? { text: '', tokens: null } : greedyOf(choice));
      }
      if (!tellsIds(answers) && !hasTexts(parity)) throw notComparable(folder);
      const { logprob, margin } = SERVED_TOLERANCE[precision];
      const verdict = passed({
        by: access.profile.name,
        weightsSha256: parity.weightsSha256,
        ...compareServed(parity, answers, { logprob, margin }),
        tolerance: { delta: logprob, margin, source: precision },
      });
      log.info(
        `${access.profile.name} answers as ${basename(folder)}: ${describeParity(verdict).toString()}.`,
      );
      return verdict;
    } catch (error) {
      if (error instanceof TeacherFailure) {
        const told = servedError(error, this.#redact, { profile: access.profile.name });
        throw told.code === 'student.notServed' || told.code === 'student.server'
          ? this.#withCommand(told, folder)
          : told;
      }
      throw isAppError(error, 'student.notServed') ? this.#withCommand(error, folder) : error;
    }
  }

  /** The model's name at the server for this folder, with its adapter loaded where the profile allows that. */
  async #present(folder: string, signal: AbortSignal): Promise<string> {
    const { access, log } = this.#options;
    const model = await this.#modelFor(folder);
    const known = (await listModels(access, signal))?.map(({ id }) => id) ?? null;
    if (known?.includes(model) === true || (known === null && model === access.profile.model)) {
      return model;
    }
    if (model !== access.profile.model) {
      const lora_path = join(folder, ADAPTER);
      await tell(access, 'load_lora_adapter', { lora_name: model, lora_path }, signal);
      log.info(`${access.profile.name} was told to load ${lora_path} as ${model}.`);
      return model;
    }
    throw new AppError(
      'student.notServed',
      sentence`The server serves no model called ${model}: it has ${known?.slice(0, 5).join(', ') ?? ''}.`,
      { detail: { model, known } },
    );
  }

  async #modelFor(folder: string): Promise<string> {
    const { adapters, model } = this.#options.access.profile;
    return adapters && (await exists(join(folder, ADAPTER))) ? basename(folder) : model;
  }

  #withCommand(error: AppError, folder: string): AppError {
    const { access, topK } = this.#options;
    const { profile } = access;
    const { kind, model, precision } = profile;
    const { hostname: host, port, protocol } = checkServerURL(profile.baseURL);
    const lines = serveCommands({
      kind,
      model,
      precision,
      folder,
      topK,
      host: host.replace(/^\[|\]$/gu, ''),
      port: Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port),
    });
    const command = lines.join(' && ');
    return new AppError(error.code, error.said.message, {
      hint:
        command === ''
          ? sentence`Serve the folder ${folder} as ${model}, then go on.`
          : sentence`Serve this student, then go on: ${command}`,
      cause: error,
      detail: { ...error.detail, folder, command },
    });
  }
}

/** What the trainer recorded of a student; null where the folder has nothing of the kind. */
async function recordOf(folder: string): Promise<Parity | null> {
  const file = join(folder, 'parity.json');
  if (!(await exists(file))) return null;
  const parsed = paritySchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new AppError('student.invalid', sentence`The student’s parity.json has a bad “${field}”.`, {
    hint: sentence`Export the student again.`,
    detail: { folder, file: 'parity.json', field },
  });
}

function notComparable(folder: string): AppError {
  return new AppError(
    'student.capability',
    sentence`Whether the server serves these weights cannot be checked: it tells of no token ids, and the student’s parity.json holds no texts.`,
    {
      hint: sentence`Train the student again: the trainer now records texts and log-probabilities, too.`,
      detail: { folder },
    },
  );
}
