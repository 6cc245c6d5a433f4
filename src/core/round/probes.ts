import { NO_FIXES, questionNow } from '../curation/questionText.ts';
import type { AnswerKind, Question } from '../dataset/question.ts';
import { promptOf } from '../exam/promptForm.ts';
import { goldFields } from '../grading/gradeAnswer.ts';
import { PROBE_KINDS, type Probes, type RunConfig } from '../training/run.ts';
import { curationUpTo } from './curationUpTo.ts';
import { chooseByHash } from './exam.ts';
import type { RoundStore } from './store.ts';

const PROBES = 32;
/** All of them together take no longer after an epoch. */
const SECONDS = 60;
/** A longer one would fill run.json and say little. */
const MAX_PROMPT = 20_000;

type ProbeKind = (typeof PROBE_KINDS)[number];

const isProbeKind = (kind: AnswerKind): kind is ProbeKind =>
  PROBE_KINDS.some((known) => known === kind);

/** The probe of a question, as exams ask and grade it; null where the trainer cannot grade the kind. */
function probeOf(question: Question, head: string): Probes['items'][number] | null {
  const { id, answer } = question;
  const { kind = 'number', ...choices } = goldFields(question);
  if (!isProbeKind(kind)) return null;
  const prompt = head + promptOf(question);
  return { id, prompt, gold: answer, ...(kind === 'number' ? {} : { kind }), ...choices };
}

/** The dev questions that a run answers after every epoch: the same in every round, chosen by the hash of their ids. */
export async function probesFor(
  store: RoundStore,
  round: number,
): Promise<Pick<RunConfig, 'probes'>> {
  const { maxNewTokens, stopAtAnswerLine } = store.project.exam;
  const head = await store.head();
  const { gold } = await curationUpTo(store, round);
  const dev = await store.questions('dev');
  const graded = dev.filter(({ kind = 'number' }) => isProbeKind(kind));
  const items = chooseByHash(graded, PROBES)
    .flatMap((source) => probeOf(questionNow(source, { ...NO_FIXES, gold }), head) ?? [])
    .filter(({ prompt }) => prompt.length <= MAX_PROMPT);
  const leftOut = dev.length - graded.length;
  if (items.length === 0 && leftOut === 0) return {};
  const probes = { items, maxNewTokens, stopAtAnswerLine, seconds: SECONDS };
  return { probes: { ...probes, ...(leftOut === 0 ? {} : { leftOut }) } };
}
