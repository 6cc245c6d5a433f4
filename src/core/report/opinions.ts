import type { RoundView } from '../../shared/dashboardContract.ts';
import { isApart } from '../curation/opinions.ts';
import { nameOfWording } from '../curation/questionText.ts';
import { sha256Text } from '../hash.ts';
import { goldInWords } from '../teaching/answerForm.ts';
import type { Opinion } from '../teaching/records.ts';
import type { Picture, PictureRound } from './picture.ts';

interface OfText {
  readonly passes: boolean;
  readonly scores: number[];
}

/** What the second opinions of a round come to, and what they took; undefined where nobody asked for one. */
export function opinionsView(
  { taught: { judged, items } }: PictureRound,
  { sets, curation }: Picture,
): RoundView['opinions'] {
  if (!judged || judged.opinions.length === 0) return undefined;
  const { opinions, ...took } = judged;
  const questions = sets.find(({ role }) => role === 'train')?.byId;
  const passed = new Map(items.map((item) => [item.itemId, item]));
  const written = new Map(
    [...curation.written.values()].flat().map(({ id, rationale }) => [id, rationale]),
  );
  const texts = new Map<string, OfText>();
  for (const one of opinions) {
    if (one.score === null || !isAboutNow(one)) continue;
    const key = `${one.questionId} ${one.textHash}`;
    const of = texts.get(key) ?? {
      passes: passed.get(one.itemId)?.accepted === true,
      scores: [],
    };
    of.scores.push(one.score);
    texts.set(key, of);
  }
  const scores = [...texts.values()].flatMap((of) => of.scores);
  return {
    scored: texts.size,
    mean: scores.length === 0 ? null : scores.reduce((sum, one) => sum + one, 0) / scores.length,
    apart: [...texts.values()].filter((of) => isApart(of.scores, of.passes)).length,
    ...took,
  };

  /** The text, the question and the gold that were judged are those that count. */
  function isAboutNow({ itemId, questionId, textHash, asked, gold }: Opinion): boolean {
    const text =
      curation.items.get(itemId)?.rationale ?? passed.get(itemId)?.rationale ?? written.get(itemId);
    const question = questions?.get(questionId);
    if (typeof text !== 'string' || !question) return false;
    const isSame = sha256Text(text) === textHash && nameOfWording(question) === asked;
    return isSame && goldInWords(question) === gold;
  }
}
