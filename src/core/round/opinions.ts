import { candidatesOf, passesGate, type Candidate } from '../curation/candidates.ts';
import type { Curation } from '../curation/curation.ts';
import { askedAbout } from '../curation/opinions.ts';
import { questionNow, textName } from '../curation/questionText.ts';
import type { ReviewItem } from '../curation/reviewItem.ts';
import { AppError, cancelled } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { sha256Text } from '../hash.ts';
import { estimateTeaching, type TeachingEstimate } from '../teaching/estimate.ts';
import {
  askOpinion,
  drawOpinion,
  isAskedOut,
  nextDraw,
  type OpinionTask,
} from '../teaching/opinion.ts';
import type { Opinion } from '../teaching/records.ts';
import type { PromptTemplate } from '../teaching/templates.ts';
import { curationUpTo } from './curationUpTo.ts';
import { inParallel } from './inParallel.ts';
import { opinionItems, roundsUpTo } from './opinionItems.ts';
import type { LoopPorts } from './ports.ts';
import { sampleCalls } from './sampleCalls.ts';
import type { RoundStore } from './store.ts';

/** What asking for opinions needs of the world. */
export interface OpinionPorts extends Pick<
  LoopPorts,
  'openTeacher' | 'clock' | 'report' | 'signal'
> {
  readonly store: RoundStore;
  opinionTemplate(): Promise<PromptTemplate>;
}

/** Of which rationales an opinion is asked for. */
export interface OpinionScope {
  /** Those of these questions, decided or not; without it the undecided ones of the whole round. */
  readonly ids?: readonly string[];
  /** One of them, however it stands, and once more where this teacher has judged it before. */
  readonly candidate?: string;
}

interface Plan {
  readonly tasks: readonly Omit<OpinionTask, 'teacher'>[];
  /** Rationales that this teacher has scored already. */
  readonly known: number;
  /** Rationales that it gave no readable score, however often it was asked: they are paid for again by name alone. */
  readonly unread: number;
  /** Tasks about rationales that this teacher wrote itself. */
  readonly own: number;
}

export interface Opined extends Pick<Plan, 'known' | 'unread' | 'own'> {
  readonly profile: string;
  readonly programmatic: boolean;
  /** Rationales that got a score. */
  readonly scored: number;
  /** Rationales of which no score could be read. */
  readonly failed: number;
}

export interface OpinionEstimate {
  readonly round: number;
  readonly purpose: 'review';
  readonly profile: string;
  readonly programmatic: boolean;
  /** Null when nothing is left to ask about, or no call came back whole. */
  readonly estimate: TeachingEstimate | null;
  /** Rationales that are still to be asked about. */
  readonly rationales: number;
  readonly own: number;
}

/** Asks a teacher for its opinion of rationales, several at a time; each is on the disk before it counts. */
export async function askOpinions(
  ports: OpinionPorts,
  round: number,
  scope: OpinionScope = {},
): Promise<Opined> {
  const { store, clock, signal } = ports;
  const open = await ports.openTeacher(round);
  const tally = { scored: 0, failed: 0 };
  try {
    const plan = await planOpinions(ports, round, open.teacher.profile, scope);
    const { tasks, known, unread, own } = plan;
    const writer = await store.openOpinions(round);
    const started = clock.now();
    const settle = async (task: Omit<OpinionTask, 'teacher'>): Promise<void> => {
      const opinions = await askOpinion({ ...task, teacher: open.teacher });
      for (const one of opinions) await writer.append(one);
      tally[opinions.some(hasScore) ? 'scored' : 'failed'] += 1;
      const done = tally.scored + tally.failed;
      const etaMs = Math.round(((clock.now() - started) / done) * (tasks.length - done));
      ports.report({ stage: sentence`second opinions`, done, total: tasks.length, etaMs });
    };
    try {
      await inParallel(tasks, open.concurrency, settle, () => signal.aborted);
    } finally {
      await writer.close();
    }
    if (signal.aborted) throw cancelled();
    const { profile, programmatic } = open.teacher;
    return { profile, programmatic, known, unread, own, ...tally };
  } finally {
    await open.close();
  }
}

/** What asking for these opinions will take, from a few real calls, which are not paid again. */
export async function estimateOpinions(
  ports: OpinionPorts,
  round: number,
  scope: OpinionScope = {},
): Promise<OpinionEstimate> {
  const open = await ports.openTeacher(round);
  try {
    const { tasks, own } = await planOpinions(ports, round, open.teacher.profile, scope);
    const samples = await sampleCalls(ports, open.teacher, tasks, async (task, teacher) => {
      const { opinion } = await drawOpinion({ ...task, teacher }, nextDraw(task));
      return opinion.score !== null;
    });
    const { profile, programmatic } = open.teacher;
    const prices = open.prices ?? null;
    const plan = { questions: tasks.length, wanted: 1, concurrency: open.concurrency, prices };
    const estimate = estimateTeaching(samples, plan);
    return {
      round,
      purpose: 'review',
      profile,
      programmatic,
      rationales: tasks.length,
      own,
      estimate,
    };
  } finally {
    await open.close();
  }
}

/** How many rationales a teacher would be asked about. */
export async function countOpinions(
  ports: OpinionPorts,
  round: number,
  profile: string,
  scope: OpinionScope,
): Promise<number> {
  return (await planOpinions(ports, round, profile, scope)).tasks.length;
}

async function planOpinions(
  ports: OpinionPorts,
  round: number,
  profile: string,
  scope: OpinionScope,
): Promise<Plan> {
  const { store, signal } = ports;
  const { temperature, maxTokens } = store.project.teaching;
  const curation = await curationUpTo(store, round);
  const template = await ports.opinionTemplate();
  const asker = await authorsOf(store, round);
  const ids = scope.ids && new Set(scope.ids);
  // What earlier rounds brought is asked about by name alone.
  const rounds = scope.candidate === undefined ? [round] : roundsUpTo(round);
  const tasks: Omit<OpinionTask, 'teacher'>[] = [];
  let known = 0;
  let unread = 0;
  let own = 0;
  for (const item of await opinionItems(store, round, curation, { rounds })) {
    if (ids && !ids.has(item.id)) continue;
    const texts = new Set<string>();
    for (const one of candidatesOf(item, curation)) {
      if (!isMeant(one, item, curation, scope)) continue;
      const hash = sha256Text(one.text);
      if (texts.has(hash)) continue;
      texts.add(hash);
      const previous = askedAbout(one, item, curation).filter((about) => about.profile === profile);
      const question = questionNow(item.question, curation);
      const isNamed = scope.candidate !== undefined;
      if (!isNamed && previous.some(hasScore)) {
        known += 1;
        continue;
      }
      if (!isNamed && isAskedOut({ previous, question, template })) {
        unread += 1;
        continue;
      }
      // A text that a person edited is theirs.
      if (one.original === null && asker.get(one.item?.key ?? '') === profile) own += 1;
      tasks.push({
        question,
        asked: textName(item.question, curation),
        itemId: one.id,
        text: one.text,
        previous,
        template,
        temperature,
        maxTokens,
        signal,
      });
    }
  }
  if (scope.candidate !== undefined && tasks.length === 0) {
    throw new AppError('usage', sentence`This rationale is not there any more.`, {
      hint: sentence`Look at the question again.`,
    });
  }
  return { tasks, known, unread, own };
}

const hasScore = ({ score }: Opinion): boolean => score !== null;

function isMeant(
  one: Candidate,
  item: ReviewItem,
  curation: Curation,
  { ids, candidate }: OpinionScope,
): boolean {
  if (candidate !== undefined) return one.id === candidate;
  if (one.source === 'dataset' || one.stale) return false;
  const { decision } = one;
  const open = ids === undefined ? decision === undefined : decision?.status !== 'rejected';
  const isOut = curation.leftOut.get(item.id)?.round === item.frame.round;
  return open && !isOut && passesGate(one, item, curation);
}

/** Which profile each request of a round's rationales went to. */
async function authorsOf(store: RoundStore, round: number): Promise<ReadonlyMap<string, string>> {
  const authors = new Map<string, string>();
  for (const record of await store.teacherRecords(round)) {
    if (record.type === 'intent') authors.set(record.key, record.profile);
  }
  return authors;
}
