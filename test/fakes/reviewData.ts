import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Question } from '../../src/core/dataset/question.ts';
import { attemptSchema, type Attempt } from '../../src/core/exam/attempt.ts';
import { decisionSchema, type Decision } from '../../src/core/curation/decision.ts';
import { sha256Json, sha256Text } from '../../src/core/hash.ts';
import { openRound, reduceRound } from '../../src/core/round/state.ts';
import { itemSchema, type TeachingItem } from '../../src/core/teaching/records.ts';
import { openJournal, type Journal } from '../../src/node/storage/journal.ts';
import { systemClock as clock } from '../../src/node/storage/systemClock.ts';
import { lines, writeProject } from './projectFolder.ts';

export const SAMPLES = 4;
const FINGERPRINT = sha256Text('bench exam');
const THINGS = ['pens', 'apples', 'tickets', 'marbles', 'stamps', 'shirts', 'books'];
const PEOPLE = ['Weng', 'Natalia', 'Omar', 'Ivy', 'Lucía', 'Björn', 'Ann'];

interface Problem {
  readonly question: Question;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** A word problem of GSM8K's length; `rare` marks one in a thousand, for searches that find little. */
function problem(index: number): Problem {
  const [a, b, c, d] = [3 + (index % 17), 4 + (index % 23), 5 + (index % 31), 1 + (index % 7)];
  const who = PEOPLE[index % PEOPLE.length] ?? '';
  const thing = THINGS[index % THINGS.length] ?? '';
  const rare = index % 1_000 === 999 ? ' It is a leap year and the shop is in Reykjavík.' : '';
  return {
    question: {
      id: `bench-${String(index).padStart(6, '0')}`,
      question: `${who} runs a small shop and buys ${a} boxes with ${b} ${thing} in each of them on Monday. On Tuesday ${c} more ${thing} are found in the cellar, and on Wednesday ${d} of all ${thing} are given away to a friend who has helped.${rare} How many ${thing} does ${who} have at the end of the week? (${index})`,
      answer: String(a * b + c - d),
      equation: `( ${a} * ${b} ) + ${c} - ${d}`,
    },
    a,
    b,
    c,
    d,
  };
}

function rationale({ a, b, c, d }: Problem, slip: number): string {
  const first = a * b + slip;
  return [
    `The boxes hold ${a} * ${b} = ${first} pieces in all, because each one holds the same number.`,
    `With those from the cellar there are ${first} + ${c} = ${first + c} pieces in the shop.`,
    `After the gift there are ${first + c} - ${d} = ${first + c - d} pieces left at the end of the week.`,
    `Answer: ${first + c - d}`,
  ].join('\n');
}

function attempt(one: Problem, sample: number): Attempt {
  // One question in five has a right attempt, every one a wrong one; two samples share a wrong answer.
  const right = sample === 3 && Number(one.question.id.slice(-2)) % 5 === 0;
  return {
    type: 'attempt',
    set: 'train',
    questionId: one.question.id,
    sample,
    fingerprint: FINGERPRINT,
    text: ` ${rationale(one, right ? 0 : 1 + (sample % 3))}`,
    ids: Array.from({ length: 90 }, (_, place) => (place * 31 + sample * 7) % 49_152),
    finish: 'stop',
    minMargin: 0.25,
  };
}

function item(one: Problem, draw = 0): TeachingItem {
  const first = rationale(one, 0);
  const text = draw === 0 ? first : first.replace('in all', `in all (way ${draw + 1})`);
  const key = sha256Text(draw === 0 ? `key ${one.question.id}` : `${draw} ${one.question.id}`);
  return {
    type: 'item',
    key,
    questionId: one.question.id,
    purpose: 'annotate',
    draw,
    itemId: sha256Json([one.question.id, 'annotate', text]),
    rationale: text,
    answer: one.question.answer,
    firstErrorStep: null,
    errorKind: null,
    why: null,
    about: null,
    flags: [],
    accepted: true,
    reasons: [],
  };
}

/**
 * A project with one examined and taught round in which every one of `count` questions is a mistake, with `draws`
 * rationales each.
 */
export async function writeReviewProject(root: string, count: number, draws = 1): Promise<void> {
  const problems = Array.from({ length: count }, (_, index) => problem(index));
  const dev = [{ id: 'dev-1', question: 'What is one more than one?', answer: '2' }];
  const file = await writeProject(root, { train: problems.map((one) => one.question), dev });
  await mkdir(join(root, file.student), { recursive: true });
  await writeFile(join(root, file.student, 'config.json'), '{}\n');

  const folder = join(root, 'rounds', '0');
  const open = { writer: 'bench-1', clock };
  const exam = await openJournal(join(folder, 'exam', 'train.bench-1.jsonl'), {
    schema: attemptSchema,
    ...open,
  });
  await fill(exam, problems, (one) =>
    Array.from({ length: SAMPLES }, (_, sample) => attempt(one, sample)),
  );
  const items = await openJournal(join(folder, 'teacher', 'items.bench-1.jsonl'), {
    schema: itemSchema,
    ...open,
  });
  await fill(items, problems, (one) => Array.from({ length: draws }, (_, draw) => item(one, draw)));
  const decisions = await openJournal(join(folder, 'decisions', 'bench-1.jsonl'), {
    schema: decisionSchema,
    ...open,
  });
  // A tenth is decided, one by one, as a person does it.
  await fill(decisions, problems.slice(0, count / 10), (one): Decision[] => [
    {
      type: 'accept',
      author: { kind: 'person', name: 'bench' },
      items: [{ questionId: one.question.id, itemId: item(one).itemId }],
    },
  ]);
  const state = reduceRound(openRound(0, { path: file.student, digest: sha256Text('student') }), {
    type: 'exam-finished',
    set: 'train',
    fingerprint: FINGERPRINT,
    questions: count,
    samples: SAMPLES,
  });
  await writeFile(join(folder, 'round.json'), lines([state]));
}

async function fill<T>(
  journal: Journal<T>,
  problems: readonly Problem[],
  records: (one: Problem) => readonly T[],
): Promise<void> {
  for (let from = 0; from < problems.length; from += 250) {
    const batch = problems.slice(from, from + 250).flatMap(records);
    await Promise.all(batch.map((record) => journal.append(record)));
  }
  await journal.close();
}
