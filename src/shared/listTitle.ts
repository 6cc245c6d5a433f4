import type { ListName } from './dashboardContract.ts';
import type { DashboardWords } from './dashboardWords.ts';

/** What a list holds, in a few words. */
export function listTitle(list: ListName, words: DashboardWords): string {
  switch (list.kind) {
    case 'change':
      return words(
        'list.title.change',
        words(`change.${list.group}`),
        list.from,
        list.to,
        list.set,
      );
    case 'exam':
      return words('list.title.exam', words(EXAM_GROUPS[list.group]), list.round, list.set);
    case 'trajectory':
      return words('list.title.course', words(`course.${list.group}`));
    case 'coverage':
      return words('list.title.coverage', words.known('taught.reason', list.group), list.round);
    case 'overlap':
      return words(
        'list.title.overlap',
        words.known('overlap.of', list.of),
        list.with,
        words.known('overlap.same', list.same),
      );
    case 'acceptance':
      return list.by === 'prompt'
        ? words('list.title.prompt', list.name)
        : words('list.title.error', words.known('error.kind', list.name));
  }
}

const EXAM_GROUPS = {
  right: 'exams.right',
  wrong: 'exams.wrong',
  'no-answer': 'exams.noAnswer',
  truncated: 'exams.truncated',
  outdated: 'exams.outdated',
} as const;
