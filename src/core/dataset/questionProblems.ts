import { sentence, type Text } from '../sentence.ts';
import { goldProblem, isNumber, type GoldAnswer } from '../grading/gradeAnswer.ts';
import { questionSchema } from './question.ts';

/** Why a row cannot be a question of a project's set. */
export interface FieldProblem {
  /** The field that is meant, as the project names it. */
  readonly field: string;
  readonly problem: Text;
}

/** What keeps a JSON object from being a question; empty where nothing does. */
export function questionProblems(value: object): FieldProblem[] {
  const parsed = questionSchema.safeParse(value);
  if (parsed.success) {
    const problem = unreadableGold(parsed.data);
    return problem === null ? [] : [{ field: 'answer', problem: sentence`The answer ${problem}.` }];
  }
  return parsed.error.issues.map((issue) => {
    const field = String(issue.path[0] ?? '');
    return { field, problem: said(field, issue, new Map(Object.entries(value)).get(field)) };
  });
}

/** Why a question of another kind than number cannot be graded; a number is judged where it is used. */
export function unreadableGold(question: GoldAnswer): Text | null {
  return isNumber(question) ? null : goldProblem(question.kind, question.answer, question.choices);
}

/** The fields without which a row is no question. */
export const NEEDED_FIELDS: readonly string[] = ['id', 'question', 'answer'];

type Issue = { readonly code: string; readonly path: readonly PropertyKey[] } & {
  readonly maximum?: unknown;
};

function said(field: string, issue: Issue, value: unknown): Text {
  if (value === undefined) return sentence`The field ${field} is missing.`;
  if (field === 'choices') return sentence`The field ${field} is not a list of 2 to 26 texts.`;
  if (field === 'kind') {
    return sentence`The field ${field} is none of number, choice, yes-no, exact and regex.`;
  }
  if (issue.code === 'too_small') return sentence`The field ${field} is empty.`;
  if (issue.code === 'too_big' && typeof value === 'string') {
    return sentence`The field ${field} has ${value.length} characters; the limit is ${Number(issue.maximum)}.`;
  }
  if (field === 'tags') return sentence`The field ${field} is not a list of texts.`;
  return sentence`The field ${field} is not a text.`;
}
