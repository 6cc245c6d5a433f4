import { AppError } from '../errors.ts';
import { gradeAttempt } from '../grading/grade.ts';
import { promptOf, rationaleOfAttempt } from '../exam/promptForm.ts';
import { editedId } from '../curation/positives.ts';
import type { Curation } from '../curation/curation.ts';
import { curationUpTo } from './curationUpTo.ts';
import { trainQuestions } from './exam.ts';
import type { FrozenRow } from './frozen.ts';
import type { RoundStore } from './store.ts';

/**
 * Checks a frozen set against the files it came from before anything is trained on it: a cloned repository may carry
 * forged rows. Every negative must be a stored attempt byte for byte and grade as wrong under both rules; every
 * positive that no person wrote must reach the gold; no row may be a dev or extra question.
 */
export async function verifyFrozen(
  store: RoundStore,
  round: number,
  rows: readonly FrozenRow[],
): Promise<void> {
  const curation = await curationUpTo(store, round);
  const known = new Map(
    (await trainQuestions({ store })).map((question) => [question.id, question]),
  );
  const head = await store.head();
  const human = humanTexts(curation);
  const attempts = new Map<string, string>();
  for (let r = 0; r <= round; r += 1) {
    for (const one of await store.attempts(r, 'train')) {
      attempts.set(`${r}/${one.questionId}/${one.sample}/${one.fingerprint}`, one.text);
    }
  }
  const refuse = (id: string, what: string): never => {
    throw new AppError(
      'round.changed',
      `Round ${round}'s frozen set is not what its files say: ${what}.`,
      {
        hint: `Look at question ${id}; delete rounds/${round}/train.jsonl and manifest.json to freeze again.`,
        detail: { questionId: id },
      },
    );
  };
  for (const row of rows) {
    const question = known.get(row.id);
    if (question === undefined) {
      return refuse(row.id, 'a row is no training question, or also a held-out one');
    }
    if (row.prompt !== head + promptOf(question.question)) {
      return refuse(row.id, 'a prompt is not its question');
    }
    if (row.gold !== (curation.gold.get(row.id) ?? question.answer)) {
      return refuse(row.id, 'a gold answer differs');
    }
    for (const { text, round: of, sample, fingerprint } of row.negatives) {
      if (attempts.get(`${of}/${row.id}/${sample}/${fingerprint}`) !== text) {
        return refuse(row.id, 'a negative is not the stored attempt');
      }
      const grade = gradeAttempt({ text, finish: 'eos' }, row.gold);
      if (grade.verdict !== 'wrong' || grade.lenient === 'right') {
        return refuse(row.id, 'a negative may be right');
      }
    }
    for (const { id, completion, source: provenance } of row.positives) {
      if (provenance === 'human') {
        if (!human.has(id))
          return refuse(row.id, 'a positive is called human and no decision says so');
        continue;
      }
      if (curation.items.get(id)?.by === 'person') continue;
      const rationale = rationaleOfAttempt(completion);
      if (gradeAttempt({ text: rationale, finish: 'eos' }, row.gold).verdict !== 'right') {
        return refuse(row.id, 'a positive does not reach the gold answer');
      }
    }
  }
}

/** The ids of the texts that people wrote or edited, as positives name them. */
function humanTexts(curation: Curation): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const list of curation.written.values()) for (const { id } of list) ids.add(id);
  for (const [itemId, { rationale }] of curation.items) {
    if (rationale !== undefined) ids.add(editedId(itemId, rationale));
  }
  return ids;
}
