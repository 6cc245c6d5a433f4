import { foldCuration } from '../../src/core/curation/curation.ts';
import type { Question } from '../../src/core/dataset/question.ts';
import type { ParityVerdict } from '../../src/core/exam/parityVerdict.ts';
import { examAccuracy } from '../../src/core/report/examView.ts';
import type { Picture, PictureExam, PictureRound } from '../../src/core/report/picture.ts';
import type { SeenRow } from '../../src/core/report/seenRow.ts';
import type { ExamTally } from '../../src/core/report/tally.ts';
import type { TaughtItem } from '../../src/core/report/teaching.ts';
import { openRound } from '../../src/core/round/state.ts';
import { runWhole } from '../../src/core/runWhole.ts';
import type { SetRole } from '../../src/shared/dashboardContract.ts';

/** Numbers from 0 to 1 that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SETS: readonly { name: string; role: SetRole; size: number; samples: number }[] = [
  { name: 'train', role: 'train', size: 160, samples: 4 },
  { name: 'dev', role: 'dev', size: 320, samples: 1 },
  { name: 'svamp', role: 'extra', size: 90, samples: 1 },
  { name: 'test', role: 'test', size: 120, samples: 1 },
];

/** How good the student is in each round. */
const SKILL = [0.31, 0.44, 0.52, 0.56];

function questionsOf(name: string, size: number): Question[] {
  return Array.from({ length: size }, (_, at) => ({
    id: `${name}-${String(at).padStart(4, '0')}`,
    question: `Hana has ${2 + (at % 9)} boxes with ${3 + (at % 14)} shells in each, and finds ${at % 5} more on the beach. How many shells does she have in all?`,
    answer: String((2 + (at % 9)) * (3 + (at % 14)) + (at % 5)),
  }));
}

function tallyOf(
  questions: readonly Question[],
  skill: number,
  samples: number,
  round: number,
): ExamTally {
  const talent = randomFrom(questions.length);
  const luck = randomFrom(7919 * (round + 1) + questions.length);
  const tallies = questions.map(({ id, answer }, at) => {
    const chance = Math.min(0.97, Math.max(0.03, skill + 0.9 * (talent() - 0.5)));
    const right = Array.from({ length: samples }, () => luck() < chance).filter(Boolean).length;
    const silent = right < samples && at % 29 === round;
    const cut = right < samples && at % 41 === round;
    const told = right === samples ? answer : String(Number(answer) + 1 + (at % 3));
    const tally = {
      right,
      samples,
      noAnswer: silent ? 1 : 0,
      truncated: cut ? 1 : 0,
      votedRight: right * 2 > samples || (right * 2 === samples && at % 2 === 0),
      answer: silent ? null : told,
    };
    return [id, tally] as const;
  });
  const outdated = new Set(questions.slice(0, round === 0 ? 2 : 0).map(({ id }) => id));
  return { questions: new Map(tallies.filter(([id]) => !outdated.has(id))), outdated, samples };
}

const KINDS = ['arithmetic', 'wrong_operation', 'missing_step', 'unknown'] as const;

function itemsOf(train: readonly Question[], round: number): TaughtItem[] {
  return train.slice(round * 20, round * 20 + 90).map(({ id }, at) => ({
    itemId: `item-${round}-${at}`,
    questionId: id,
    purpose: round === 0 ? 'annotate' : 'feedback',
    prompt: round === 0 ? 'annotate@3f2a91c0' : 'feedback@b07d4e12',
    errorKind: round === 0 ? null : (KINDS[at % KINDS.length] ?? null),
    accepted: at % 7 !== 0,
    rationale: at % 7 === 0 ? null : 'Boxes times shells.\nAnswer: 6',
  }));
}

function rowsOf(train: readonly Question[], round: number): SeenRow[] {
  return train.slice(round * 20, round * 20 + 110).map(({ id }, at) => ({
    id,
    positives: Array.from({ length: 1 + (at % 2) }, (_, n) => ({
      id: `positive-${round}-${at}-${n}`,
      source: n === 0 ? (round === 0 ? 'teacher' : 'feedback') : 'self',
    })),
    negatives: at % 3 === 0 ? [] : [`negative-${round}-${at}`],
    reachesGold: true,
  }));
}

export interface ProjectOptions {
  /** How many rounds have been examined, 0 to 4. */
  readonly rounds?: number;
  /** The last of them was examined with another form, so that it cannot be compared. */
  readonly otherForm?: boolean;
  /** Several samples of dev questions as well. */
  readonly samples?: number;
  readonly name?: string;
  readonly only?: readonly string[];
  /** Rounds that did not examine the training questions. */
  readonly skipTrain?: readonly number[];
}

/** A server in bfloat16 that answers as the student, as far as can be told. */
const CHECKED: ParityVerdict = {
  ...{ verdict: 'plausible', by: 'gpu-box', weightsSha256: 'ab'.repeat(32), compared: 'ids' },
  ...{ prompts: 8, steps: 240, nearTies: 1, delta: { mean: 0.004, max: 0.031 } },
  tolerance: { delta: 0.02, margin: 0.25, source: 'bfloat16' },
};

/** A project of some rounds, as its files would tell it: the same student and questions in every run of a test. */
export function boardProject(options: ProjectOptions = {}): Picture {
  const { rounds = 3, otherForm = false, samples, name = 'shells', only, skipTrain } = options;
  const sets = SETS.filter((set) => only?.includes(set.name) ?? true).map((set) => {
    const questions = questionsOf(set.name, set.size);
    const byId = new Map(questions.map((one) => [one.id, one]));
    return { ...set, samples: samples ?? set.samples, questions, byId };
  });
  const train = sets.find(({ role }) => role === 'train')?.questions ?? [];
  const form = (round: number) => ({
    engine: 'tailor 1',
    promptForm: 'qa',
    head: '0011223344556677',
    sampling: { temperature: 0, topK: 0, topP: 1 },
    maxNewTokens: otherForm && round === rounds - 1 ? 512 : 256,
    stopAtAnswerLine: true,
    stopRules: 's1',
  });
  const made = Array.from({ length: rounds }, (_, round): PictureRound => {
    const exams = sets
      .filter(({ role }) => role !== 'test' || round % 2 === 0)
      .filter(({ role }) => role !== 'train' || skipTrain?.includes(round) !== true)
      .map(({ name: set, role, questions, samples: n }): [string, PictureExam] => {
        // What is trained on is learnt faster.
        const skill = (SKILL[round] ?? 0.5) + (role === 'train' ? 0.06 * round : 0);
        const tally = tallyOf(questions, skill, n, round);
        const accuracy = runWhole(examAccuracy(tally));
        return [set, { set, role, tally, accuracy, form: form(round), parity: CHECKED }];
      });
    return roundOf(round, new Map(exams), train, round < rounds - 1);
  });
  return {
    project: name,
    labels: [],
    sets: sets.map(({ name: set, role, questions, byId }) => ({
      name: set,
      role,
      questions,
      byId,
    })),
    rounds: made,
    curation: foldCuration([]),
    overlaps: [],
    looks: { times: 3, last: '2026-03-02T10:24:00.000Z' },
    prices: new Map([['openai', { currency: 'USD', inputPerMillion: 2, outputPerMillion: 8 }]]),
    notes: [],
  };
}

function roundOf(
  round: number,
  exams: ReadonlyMap<string, PictureExam>,
  train: readonly Question[],
  trained: boolean,
): PictureRound {
  const digest = (of: number): string => `${of}`.repeat(64);
  const state = {
    ...openRound(round, {
      path: `students/${round === 0 ? 'base' : `r${round - 1}`}`,
      digest: digest(round),
    }),
    seconds: { exam: 140 + 9 * round, ...(trained ? { teach: 61, train: 735 } : {}) },
    teaching: trained
      ? {
          purpose: 'feedback' as const,
          profile: 'openai',
          programmatic: false,
          questions: 90,
          accepted: 77,
          humanQueue: 13,
        }
      : null,
    training: trained
      ? {
          runId: `r${round}-run`,
          student: { path: `students/r${round}`, digest: digest(round + 1) },
        }
      : null,
  };
  const rows = trained ? rowsOf(train, round) : [];
  const pairs = rows.filter(
    ({ positives, negatives }) => positives.length > 1 && negatives.length > 0,
  );
  const positives = rows.reduce((sum, row) => sum + row.positives.length, 0);
  const negatives = rows.reduce((sum, row) => sum + row.negatives.length, 0);
  return {
    round,
    state,
    exams,
    manifest: trained
      ? {
          v: 1,
          round,
          frozenAt: '2026-03-02T10:24:00.000Z',
          trainSha256: 'a1b2c3d4'.repeat(8),
          rows: rows.length,
          coverage: {
            questions: train.length,
            withRationale: rows.length,
            withTwoRationales: pairs.length,
            withNegative: rows.length,
            withPair: pairs.length,
            positives,
            negatives,
            bySource: {
              teacher: round === 0 ? rows.length : 0,
              feedback: round === 0 ? 0 : rows.length,
              self: positives - rows.length,
              dataset: 0,
              human: 0,
            },
            uncovered: {
              'no rationale': train.length - rows.length,
              'only one rationale': rows.length - pairs.length,
            },
          },
          studentDigest: digest(round),
          examFingerprints: {},
          inputs: {},
          teacher: { profile: 'openai', programmatic: false },
          promptForm: 'qa',
          grader: 'numeric 1',
          decisions: { person: 64, rule: 13 },
          warnings: [],
        }
      : null,
    frozen: trained ? { rows, leftOut: new Set(), own: [] } : null,
    taught: {
      spent: new Map(
        trained
          ? [
              [
                'openai',
                {
                  calls: 90,
                  promptTokens: 48_213,
                  completionTokens: 12_870,
                  cachedTokens: 0,
                  underWay: 2,
                  possiblyBilled: 1,
                  estimated: false,
                  recorded: [],
                  unpriced: {
                    promptTokens: 48_213,
                    completionTokens: 12_870,
                    cachedTokens: 0,
                  },
                },
              ],
            ]
          : [],
      ),
      items: trained ? itemsOf(train, round) : [],
    },
    served: null,
    decisions: trained
      ? {
          person: 57,
          rule: 13,
          byType: { accept: 51, reject: 9, edit: 4, 'pair-drop': 6 },
          entries: 64,
        }
      : { person: 0, rule: 0, byType: {}, entries: 0 },
    tokens: { exam: 24_130 + 900 * round, ...(trained ? { train: 61_280 } : {}) },
    peakMemoryMB: trained ? 3412.6 : null,
    runs: trained
      ? [{ runId: `r${round}-run`, state: 'done', from: digest(round), made: null }]
      : [],
  };
}
