import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answersOfKind, EPOCHS, kindsProject } from '../fakes/kindsProject.ts';
import { questionNow } from '../../src/core/curation/questionText.ts';
import type { Question } from '../../src/core/dataset/question.ts';
import { gradeAnswer } from '../../src/core/grading/gradeAnswer.ts';
import { curationUpTo } from '../../src/core/round/curationUpTo.ts';
import { gradedTrainAttempts } from '../../src/core/round/gradedTrain.ts';
import type { ProjectStore } from '../../src/node/project/projectStore.ts';
import { openReadingStore } from '../fakes/kindsProject.ts';
import { recordsIn, startTailor } from './practiceLoop.ts';

const KINDS = ['number', 'choice', 'yes-no', 'exact', 'regex'] as const;
const SIZES = { train: 24, dev: 12, unseen: 6 };
const kindOf = ({ kind = 'number' }: Pick<Question, 'kind'>): string => kind;

let folder: string;
let root: string;
let store: ProjectStore;
let questions: ReadonlyMap<string, Question>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailor-kinds-'));
  root = join(folder, 'project');
  await kindsProject(root, SIZES);
  store = await openReadingStore(root);
  questions = new Map((await store.questions('train')).map((one) => [one.id, one]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await startTailor([...args, '--project', root]).finished;
  expect([args, code, code === 0 ? '' : stderr]).toEqual([args, 0, '']);
  expect(stderr).not.toContain('unexpectedly');
  return stdout;
}

async function decide(rows: readonly object[]): ReturnType<typeof startTailor>['finished'] {
  const path = join(folder, 'rows.jsonl');
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return startTailor(['decide', 'edit', path, '--project', root]).finished;
}

const first = (kind: string): Question => {
  const found = [...questions.values()].find((one) => kindOf(one) === kind);
  if (!found) throw new Error(kind);
  return found;
};

/** Who was asked what, and what came of it, in the words of the kind. */
function checkTeaching(round: number): void {
  const records = recordsIn(join(root, 'rounds', String(round), 'teacher'));
  const purpose = round === 0 ? 'annotate' : 'feedback';
  const asked = new Set<string>();
  for (const { type, questionId, templateId, accepted, answer } of records) {
    const kind = kindOf(questions.get(String(questionId)) ?? {});
    if (type === 'intent') {
      expect(templateId).toBe(kind === 'number' ? `${purpose}-1` : `${purpose}-${kind}-1`);
      asked.add(kind);
    }
    if (type === 'item' && accepted === true) {
      expect([kind, answer]).toEqual([kind, expect.stringMatching(answersOfKind(kind))]);
    }
  }
  expect([round, [...asked].sort()]).toEqual([round, [...KINDS].sort()]);
}

/** Everything that is trained on is graded by its own kind; returns how many pairs each kind has. */
async function checkFrozen(round: number): Promise<Map<string, number>> {
  const curation = await curationUpTo(store, round);
  const attempts = (await gradedTrainAttempts(store, round, curation)).map(
    ({ attempt }) => attempt,
  );
  const earlier = round === 0 ? [] : await gradedTrainAttempts(store, round - 1, curation);
  const texts = new Set([...attempts, ...earlier.map(({ attempt }) => attempt)].map((a) => a.text));
  const pairs = new Map<string, number>();
  for (const { id, kind, gold, choices, prompt, positives, negatives } of await store.frozenRows(
    round,
  )) {
    const source = questions.get(id);
    if (!source) throw new Error(id);
    const now = questionNow(source, curation);
    expect({ kind, gold, choices }).toEqual({
      kind: now.kind,
      gold: now.answer,
      choices: now.choices,
    });
    expect(prompt.includes('Answer Choices:\n(a) ')).toBe(kind === 'choice');
    for (const { completion } of positives) {
      expect([completion, gradeAnswer(completion, now).verdict]).toEqual([completion, 'right']);
    }
    for (const { text } of negatives) {
      expect(texts).toContain(text);
      expect([text, gradeAnswer(text, now).verdict]).toEqual([text, 'wrong']);
    }
    if (positives.length > 1 && negatives.length > 0) {
      pairs.set(kindOf(now), (pairs.get(kindOf(now)) ?? 0) + negatives.length);
    }
  }
  return pairs;
}

/** The trainer's probes are graded by their kinds as the exam of the student that it made is; patterns are left out. */
async function checkProbes(round: number): Promise<void> {
  const runs = join(root, 'rounds', String(round), 'runs');
  const [name = ''] = await readdir(runs);
  const records = recordsIn(join(runs, name), 'events');
  const dev = await store.questions('dev');
  const left = dev.filter(({ kind }) => kind === 'regex').length;
  expect(left).toBeGreaterThan(0);
  expect(records.filter(({ type }) => type === 'log').map(({ msg }) => msg)).toContainEqual(
    expect.stringContaining(`${left} dev questions are answered by a pattern`),
  );
  const samples = records.filter(({ type, epoch }) => type === 'sample' && epoch === EPOCHS);
  const byId = new Map(dev.map((one) => [one.id, one]));
  const asked = new Set<string>();
  for (const { questionId, text, answer, correct } of samples) {
    const question = byId.get(String(questionId));
    if (!question) throw new Error(String(questionId));
    const { verdict, value } = gradeAnswer(String(text), question);
    expect([text, answer, correct]).toEqual([text, value, verdict === 'right']);
    asked.add(kindOf(question));
  }
  expect(samples).toHaveLength(SIZES.dev - left);
  expect([...asked].sort()).toEqual(KINDS.filter((kind) => kind !== 'regex').sort());
  const told = new Map(samples.map(({ questionId, text }) => [questionId, text]));
  for (const { questionId, text } of recordsIn(
    join(root, 'rounds', String(round + 1), 'exam'),
    'dev.',
  )) {
    expect([questionId, told.get(questionId) ?? text]).toEqual([questionId, text]);
  }
}

it('two whole rounds over answers of every kind: examined, taught, decided, frozen, trained and compared, with the real student', async () => {
  const [choice, yesNo] = [first('choice'), first('yes-no')];
  const [wrong = '', right = ''] =
    choice.answer === 'a' ? ['z', 'b'] : ['e', choice.answer === 'b' ? 'c' : 'b'];
  await run('exam');
  await run('teach');
  checkTeaching(0);

  // A letter that is no choice is refused, and nothing of the file counts.
  const refused = await decide([
    { questionId: choice.id, gold: wrong, reason: 'the story says so' },
  ]);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain(`the answer is none of the choices: "${wrong}"`);
  const written = `It is choice (${right}).\nAnswer: (${right})`;
  // That a mistake is one by its pattern no equation proves: a person says so.
  const undecided = await gradedTrainAttempts(store, 0, await curationUpTo(store, 0));
  const mismatch = undecided.find(
    ({ attempt, grade }) =>
      questions.get(attempt.questionId)?.kind === 'regex' && grade.verdict === 'wrong',
  )?.attempt;
  if (!mismatch) throw new Error('every pattern matches');
  const decided = await decide([
    { questionId: mismatch.questionId, sample: mismatch.sample, verdict: 'wrong' },
    { questionId: choice.id, gold: `(${right.toUpperCase()})`, reason: 'the story says so' },
    { questionId: choice.id, rationale: written },
    { questionId: yesNo.id, rationale: `That is so by the story.\nAnswer: ${yesNo.answer}` },
  ]);
  expect([decided.code, decided.stderr]).toEqual([0, expect.any(String)]);
  await run('decide', 'accept', '--rule', 'gate-accept');
  await run('freeze');
  const taught = await store.frozenRows(0);
  expect(new Set(taught.map(kindOf))).toEqual(new Set(KINDS));
  expect(taught.find(({ id }) => id === choice.id)).toMatchObject({
    gold: right,
    positives: [{ source: 'human', completion: ` ${written}` }],
  });
  const pattern = taught.find(({ id }) => id === mismatch.questionId);
  expect(pattern?.negatives.map(({ text }) => text)).toContain(mismatch.text);
  expect(pattern?.positives.length).toBeGreaterThan(1);
  const pairs = [await checkFrozen(0)];
  await run('train');

  await run('exam', '--round', '1');
  await checkProbes(0);
  await run('teach', '--round', '1');
  checkTeaching(1);
  const curation = await curationUpTo(store, 1);
  const graded = await gradedTrainAttempts(store, 1, curation);
  const answered = (kind: string): number =>
    graded.filter(
      ({ attempt, grade }) =>
        kindOf(questions.get(attempt.questionId) ?? {}) === kind && grade.value !== null,
    ).length;
  // The base knew neither form: what it has of them it was taught.
  expect(answered('choice')).toBeGreaterThan(0);
  expect(answered('yes-no')).toBeGreaterThan(0);
  const mistake = graded.find(
    ({ attempt, grade, suspicions }) =>
      questions.get(attempt.questionId)?.kind === 'choice' &&
      attempt.questionId !== choice.id &&
      grade.verdict === 'wrong' &&
      suspicions.length === 0,
  );
  if (!mistake) throw new Error('no wrong choice');
  const { questionId, sample, text } = mistake.attempt;
  expect((await decide([{ questionId, sample, pair: 'drop' }])).code).toBe(0);
  await run('decide', 'accept', '--rule', 'gate-accept', '--round', '1');
  await run('freeze', '--round', '1');
  pairs.push(await checkFrozen(1));
  const dropped = (await store.frozenRows(1)).find(({ id }) => id === questionId)?.negatives ?? [];
  expect(dropped.filter((one) => one.round === 1 && one.sample === sample)).toEqual([]);
  expect(text).toMatch(/Answer:/u);
  for (const kind of KINDS) {
    const all = pairs.reduce((sum, ofRound) => sum + (ofRound.get(kind) ?? 0), 0);
    expect([kind, all]).toEqual([kind, expect.toSatisfy((count: number) => count > 0)]);
  }
  const manifest: unknown = JSON.parse(
    await readFile(join(root, 'rounds', '1', 'manifest.json'), 'utf8'),
  );
  expect(manifest).toMatchObject({
    grader: expect.stringMatching(/^numeric-\d\+choice-\d\+exact-\d\+regex-\d\+yes-no-\d$/u),
  });
  await run('train', '--round', '1');
  await run('exam', '--round', '2');
  await checkProbes(1);

  const compared: unknown = JSON.parse(await run('compare', '0', '2', '--json'));
  expect(JSON.stringify(compared)).toContain(`"n":${SIZES.dev}`);
  const verdicts = recordsIn(join(root, 'rounds', '2', 'exam'), 'dev.');
  expect(verdicts).toHaveLength(SIZES.dev);
}, 600_000);
