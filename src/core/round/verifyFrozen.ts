import { AppError } from '../errors.ts';
import { sentence, type Text } from '../sentence.ts';
import { mayBeNegative, type GradedAttempt } from '../curation/negatives.ts';
import { goldFields } from '../grading/gradeAnswer.ts';
import { canonicalJson } from '../hash.ts';
import type { Attempt } from '../exam/attempt.ts';
import { promptFormOf, promptOf } from '../exam/promptForm.ts';
import { decisionsUpTo, foldRead } from './curationUpTo.ts';
import { trainQuestions } from './exam.ts';
import type { FrozenRow } from './frozen.ts';
import { gradeStored } from './grading.ts';
import type { RoundStore } from './store.ts';
import { doubtOfPositive } from './verifyPositive.ts';

/**
 * Checks a frozen set against the files it came from before anything is trained on it: a cloned repository may carry
 * forged rows. Every negative must be a stored attempt byte for byte that passes grader and audit; every positive must
 * be the text of its source and, where no person decided on it, pass the gate; no row may be a dev or extra question.
 * Decisions that came after the freeze count for the next round and are not asked.
 */
export async function verifyFrozen(
  store: RoundStore,
  round: number,
  rows: readonly FrozenRow[],
): Promise<void> {
  const manifest = await store.manifest(round);
  const { chat } = store.project;
  if (manifest && manifest.promptForm !== promptFormOf(chat)) {
    throw new AppError(
      'round.changed',
      sentence`Round ${round} was frozen for other prompts than the project's: with or without a chat template, or with another.`,
      {
        hint: sentence`Put “chat” of tailor.json back to what it was, or delete rounds/${round}/train.jsonl and manifest.json to freeze again.`,
        detail: { frozen: manifest.promptForm, project: promptFormOf(chat) },
      },
    );
  }
  const events = await decisionsUpTo(store, round, manifest?.decidedUpTo);
  const curation = await foldRead(store, events);
  const known = new Map(
    (await trainQuestions({ store }, curation)).map((question) => [question.id, question]),
  );
  const originals = new Map((await store.questions('train')).map((one) => [one.id, one]));
  const head = await store.head();
  const attempts = new Map<number, ReadonlyMap<string, Attempt[]>>();
  const items = [];
  for (let r = 0; r <= round; r += 1) {
    attempts.set(r, byQuestion(await store.attempts(r, 'train')));
    items.push(...(await store.items(r)));
  }
  const rationales = new Map(items.map(({ itemId, rationale }) => [itemId, rationale]));

  const refuse = (id: string, what: Text): never => {
    throw new AppError(
      'round.changed',
      sentence`Round ${round}'s frozen set is not what its files say: ${what}.`,
      {
        hint: sentence`Look at question ${id}; delete rounds/${round}/train.jsonl and manifest.json to freeze again.`,
        detail: { questionId: id },
      },
    );
  };
  for (const row of rows) {
    const source = known.get(row.id);
    if (source === undefined) {
      return refuse(row.id, sentence`a row is no training question, or also a held-out one`);
    }
    if (row.prompt !== head + promptOf(source)) {
      return refuse(row.id, sentence`a prompt is not its question`);
    }
    const question = { ...source, answer: curation.gold.get(row.id) ?? source.answer };
    if (row.gold !== question.answer) return refuse(row.id, sentence`a gold answer differs`);
    const { kind, choices } = row;
    if (canonicalJson(goldFields({ kind, choices })) !== canonicalJson(goldFields(question))) {
      return refuse(row.id, sentence`a gold answer differs`);
    }
    for (const { text, round: of, sample, fingerprint } of row.negatives) {
      const exam = (attempts.get(of)?.get(row.id) ?? []).filter(
        (one) => one.fingerprint === fingerprint,
      );
      const graded: GradedAttempt | undefined = gradeStored(
        [originals.get(row.id) ?? source],
        exam,
        curation,
      ).find(({ attempt }) => attempt.sample === sample);
      if (graded?.attempt.text !== text) {
        return refuse(row.id, sentence`a negative is not the stored attempt`);
      }
      if (!mayBeNegative(graded, curation))
        return refuse(row.id, sentence`a negative may be right`);
    }
    const own = [...attempts.values()].flatMap((ofRound) => ofRound.get(row.id) ?? []);
    for (const positive of row.positives) {
      const doubt = doubtOfPositive(positive, {
        question,
        attempts: own,
        rationales,
        curation,
        chat,
      });
      if (doubt !== null) return refuse(row.id, doubt);
    }
  }
}

function byQuestion(attempts: readonly Attempt[]): Map<string, Attempt[]> {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const group = groups.get(attempt.questionId);
    if (group) group.push(attempt);
    else groups.set(attempt.questionId, [attempt]);
  }
  return groups;
}
