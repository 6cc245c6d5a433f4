import type { ListedQuestion, ListName } from '../../shared/dashboardContract.ts';
import { answerInWords, goldInWords } from '../teaching/answerForm.ts';
import { itemsBy, questionsOf } from './acceptance.ts';
import type { Compared } from './comparison.ts';
import { coverageOf } from './coverage.ts';
import { examGroup } from './examView.ts';
import { answersOf, historyOf, trainOf, trajectoriesIn } from './history.ts';
import { taughtIn } from './ledger.ts';
import { examIn, type Picture } from './picture.ts';

/** The questions behind a number: their set and their ids, in the data's order where the set is known. */
export interface QuestionList {
  readonly set: string;
  readonly ids: readonly string[];
  /** The rounds that the number is about, whose answers stand beside the questions; null = all, and so the newest. */
  readonly rounds: readonly number[] | null;
}

const NONE: QuestionList = { set: '', ids: [], rounds: null };
const CLIP = 200;

/** Finds the list behind a number; a change is looked up in `compared`, which holds that very pair. */
export function listOf(picture: Picture, list: ListName, compared: Compared | null): QuestionList {
  switch (list.kind) {
    case 'change':
      return compared
        ? { set: list.set, ids: compared.groups[list.group], rounds: [list.from, list.to] }
        : NONE;
    case 'exam': {
      const exam = examIn(picture, list.round, list.set);
      return exam
        ? { set: list.set, ids: examGroup(exam.tally, list.group), rounds: [list.round] }
        : NONE;
    }
    case 'trajectory':
      return trainList(picture, trajectoriesIn(picture).get(list.group));
    case 'coverage': {
      const round = picture.rounds.find((one) => one.round === list.round);
      return {
        ...trainList(picture, round && coverageOf(round)?.get(list.group)),
        rounds: [list.round],
      };
    }
    case 'overlap': {
      const found = picture.overlaps?.find(
        (one) => one.of === list.of && one.with === list.with && one.same === list.same,
      );
      return found ? { set: found.with, ids: found.ids, rounds: null } : NONE;
    }
    case 'acceptance':
      return trainList(picture, questionsOf(itemsBy(picture, list.by).get(list.name) ?? []));
  }
}

function trainList(picture: Picture, ids: readonly string[] = []): QuestionList {
  return { set: trainOf(picture)?.name ?? '', ids, rounds: null };
}

/** A page of a list as it is shown. */
export function listed(
  picture: Picture,
  list: QuestionList,
  page: { readonly from: number; readonly count: number },
  taught: ReadonlyMap<string, readonly number[]> = taughtIn(picture),
): { total: number; questions: ListedQuestion[] } {
  const questions = list.ids
    .slice(page.from, page.from + page.count)
    .map((id) => ({ ...listedQuestion(picture, list, id), taughtIn: [...(taught.get(id) ?? [])] }));
  return { total: list.ids.length, questions };
}

function listedQuestion(
  picture: Picture,
  list: QuestionList,
  id: string,
): Omit<ListedQuestion, 'taughtIn'> {
  const { set } = list;
  const found = picture.sets.find(({ name }) => name === set);
  const question = found?.byId.get(id);
  const history = historyOf(picture, set, id);
  return {
    id,
    set,
    question: clipped(question?.question ?? ''),
    gold: question ? clipped(goldInWords(question)) : '',
    history,
    answers: answersOf(picture, list, id).map((one) =>
      question && one.answer !== null
        ? { ...one, answer: clipped(answerInWords(question, one.answer)) }
        : one,
    ),
    reviewable: found?.role === 'train' && history.some(({ samples }) => samples !== null),
  };
}

/** Cut at 200 UTF-16 units, never between the two of one character. */
function clipped(text: string): string {
  return text.length <= CLIP
    ? text
    : `${text.slice(0, CLIP - 1).replace(/[\ud800-\udbff]$/u, '')}…`;
}
