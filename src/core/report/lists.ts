import type { ListedQuestion, ListName } from '../../shared/dashboardContract.ts';
import type { Compared } from './comparison.ts';
import { examGroup } from './examView.ts';
import { historyOf, newestAnswer, trainOf, trajectoriesIn } from './history.ts';
import { examIn, type Picture } from './picture.ts';

/** The questions behind a number: their set and their ids, in the data's order where the set is known. */
export interface QuestionList {
  readonly set: string;
  readonly ids: readonly string[];
}

const NONE: QuestionList = { set: '', ids: [] };
const CLIP = 200;

/** Finds the list behind a number; a change is looked up in `compared`, which holds that very pair. */
export function listOf(picture: Picture, list: ListName, compared: Compared | null): QuestionList {
  switch (list.kind) {
    case 'change':
      return compared ? { set: list.set, ids: compared.groups[list.group] } : NONE;
    case 'exam': {
      const exam = examIn(picture, list.round, list.set);
      return exam ? { set: list.set, ids: examGroup(exam.tally, list.group) } : NONE;
    }
    case 'trajectory': {
      const ids = trajectoriesIn(picture).get(list.group) ?? [];
      return { set: trainOf(picture)?.name ?? '', ids };
    }
    case 'coverage':
    case 'overlap':
    case 'acceptance':
      return NONE;
  }
}

/** A page of a list as it is shown. */
export function listed(
  picture: Picture,
  { set, ids }: QuestionList,
  page: { readonly from: number; readonly count: number },
): { total: number; questions: ListedQuestion[] } {
  const questions = ids
    .slice(page.from, page.from + page.count)
    .map((id) => listedQuestion(picture, set, id));
  return { total: ids.length, questions };
}

function listedQuestion(picture: Picture, set: string, id: string): ListedQuestion {
  const found = picture.sets.find(({ name }) => name === set);
  const question = found?.byId.get(id);
  const history = historyOf(picture, set, id);
  return {
    id,
    set,
    question: clipped(question?.question ?? ''),
    gold: question?.answer ?? '',
    history,
    answer: newestAnswer(picture, set, id),
    taughtIn: [],
    reviewable: found?.role === 'train' && history.some(({ samples }) => samples !== null),
  };
}

/** Cut at 200 UTF-16 units, never between the two of one character. */
function clipped(text: string): string {
  return text.length <= CLIP
    ? text
    : `${text.slice(0, CLIP - 1).replace(/[\ud800-\udbff]$/u, '')}…`;
}
