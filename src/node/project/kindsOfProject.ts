import type { AnswerKind } from '../../core/dataset/question.ts';
import { kindsOf } from '../../core/exam/easyQuestions.ts';
import type { Clock } from '../../core/ports.ts';
import { loadProject } from './loadProject.ts';
import { ProjectStore } from './projectStore.ts';

/** The kinds of answers in a project's training set; numbers where there is no project yet, or nothing to read in it. */
export async function kindsOfProject(folder: string, clock: Clock): Promise<readonly AnswerKind[]> {
  try {
    const { root, file } = await loadProject(folder);
    const onBad = (): void => undefined;
    const store = new ProjectStore({ root, project: file, writer: 'reader', clock, onBad });
    return kindsOf(await store.questions('train'));
  } catch {
    return kindsOf([]);
  }
}
