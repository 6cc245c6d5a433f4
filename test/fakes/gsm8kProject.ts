import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { normaliseQuestion, type Question } from '../../src/core/dataset/question.ts';
import type { ExamRequest, FinishedAttempt } from '../../src/core/exam/attempt.ts';
import type { Student } from '../../src/core/exam/student.ts';
import { sha256Text } from '../../src/core/hash.ts';
import { loadRound, runStep } from '../../src/core/round/runRounds.ts';
import { withLoop, type CommandContext } from '../../src/node/commands/context.ts';
import { importData } from '../../src/node/commands/importData.ts';
import { init } from '../../src/node/commands/setUp.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { gsm8kSolutions, SOLUTION_MODELS } from './gsm8kSolutions.ts';
import { silentLog } from './loopFakes.ts';
import { lines } from './projectFolder.ts';
import { jsonLines } from './publicData.ts';

const STUDENT = 'models/published-solutions';
const DEV_QUESTIONS = 20;
const AT_ONCE = 400;
const installation = join(import.meta.dirname, '..', '..');

/**
 * A student that writes what four published models wrote: sample N of a question is model N's solution, as it was
 * published, calculator marks included. Nothing was published for other questions: its answers to those are empty.
 */
class PublishedStudent implements Student {
  readonly #texts = new Map<string, string>();

  constructor(questions: readonly Question[]) {
    const ids = new Map(questions.map(({ id, question }) => [normaliseQuestion(question), id]));
    for (const { question, model, text } of gsm8kSolutions()) {
      const id = ids.get(normaliseQuestion(question));
      if (id !== undefined) this.#texts.set(`${id} ${SOLUTION_MODELS.indexOf(model)}`, text);
    }
  }

  identify(): ReturnType<Student['identify']> {
    const digest = sha256Text(SOLUTION_MODELS.join());
    return Promise.resolve({ digest, engine: 'published-1', parameters: 1 });
  }

  checkParity(): ReturnType<Student['checkParity']> {
    return Promise.resolve({ verdict: 'unchecked', by: null });
  }

  async sit({ items }: ExamRequest, hooks: Parameters<Student['sit']>[1]): Promise<void> {
    for (let from = 0; from < items.length; from += AT_ONCE) {
      const batch = items.slice(from, from + AT_ONCE);
      await Promise.all(
        batch.map(async ({ questionId, sample }) => {
          await hooks.onAttempt(this.#attempt(questionId, sample));
        }),
      );
    }
  }

  #attempt(questionId: string, sample: number): FinishedAttempt {
    const text = this.#texts.get(`${questionId} ${sample}`);
    return {
      questionId,
      sample,
      text: text === undefined ? '' : ` ${text}`,
      ids: [],
      finish: 'eos',
      minMargin: null,
    };
  }
}

/**
 * A project over the GSM8K test questions, all 1,319 or the first `count`: the published solutions are round 0's
 * attempts, graded as every exam is, and the programmatic teacher has answered.
 */
export async function writeGsm8kProject(root: string, count = Infinity): Promise<void> {
  const context = contextFor(root);
  await init(context, {
    folder: root,
    practice: false,
    student: STUDENT,
    name: 'GSM8K, published solutions',
    seed: 1,
  });
  await mkdir(join(root, STUDENT), { recursive: true });
  await writeFile(join(root, STUDENT, 'config.json'), '{}\n');
  await importRows(context, 'train', jsonLines('gsm8k/test.jsonl').slice(0, count));
  await importRows(context, 'dev', jsonLines('gsm8k/train.jsonl').slice(0, DEV_QUESTIONS));
  await withLoop(context, async (ports, { store }) => {
    const loop = { ...ports, student: new PublishedStudent(await store.questions('train')) };
    const examined = await runStep(loop, await loadRound(loop, 0), 'exam', ['train', 'dev']);
    await runStep(loop, examined, 'teach', []);
  });
}

async function importRows(
  context: CommandContext,
  to: 'train' | 'dev',
  rows: readonly unknown[],
): Promise<void> {
  const file = join(context.options.folder, `${to}-as-published.jsonl`);
  await writeFile(file, lines(rows));
  await importData(context, { format: { kind: 'gsm8k' }, file, to, replace: false });
  await rm(file);
}

function contextFor(root: string): CommandContext {
  return {
    assets: {
      installation,
      engine: join(installation, 'dist', 'engine.cjs'),
      bridge: join(installation, 'python-bridge'),
      media: join(installation, 'media'),
    },
    clock: systemClock,
    log: silentLog,
    report: () => undefined,
    signal: new AbortController().signal,
    environment: {},
    options: { folder: root },
  };
}
