import type { Handler } from '../commands.ts';
import type { Editor } from '../editor.ts';

type GuidedId =
  | 'tailor.init'
  | 'tailor.import'
  | 'tailor.chooseStudent'
  | 'tailor.chooseTeacher'
  | 'tailor.setTeacherKey'
  | 'tailor.testTeacher'
  | 'tailor.chooseStudentServer'
  | 'tailor.choosePromptForm'
  | 'tailor.testStudent'
  | 'tailor.recordStudent'
  | 'tailor.waitForStudent'
  | 'tailor.setup';

/** The commands that ask a few questions first; each is loaded when it is called. */
export function guidedHandlers(editor: Editor): Readonly<Record<GuidedId, Handler>> {
  return {
    'tailor.init': async (target) =>
      (await import('./createProject.ts')).createProjectHandler(editor)(target),
    'tailor.import': async (target) =>
      (await import('./importData.ts')).importHandler(editor)(target),
    'tailor.chooseStudent': async (target) =>
      (await import('./chooseStudent.ts')).chooseStudentHandler(editor)(target),
    'tailor.chooseTeacher': async (target) =>
      (await import('./chooseTeacher.ts')).chooseTeacherHandler(editor)(target),
    'tailor.setTeacherKey': async (target) =>
      (await import('./teacherKey.ts')).setTeacherKeyHandler(editor)(target),
    'tailor.testTeacher': async (target) =>
      (await import('./teacherKey.ts')).testTeacherHandler(editor)(target),
    'tailor.chooseStudentServer': async (target) =>
      (await import('./studentServer.ts')).chooseStudentServerHandler(editor)(target),
    'tailor.choosePromptForm': async (target) =>
      (await import('./promptForm.ts')).choosePromptFormHandler(editor)(target),
    'tailor.testStudent': async (target) =>
      (await import('./studentServer.ts')).testStudentHandler(editor)(target),
    'tailor.recordStudent': async (target) =>
      (await import('./studentServer.ts')).recordStudentHandler(editor)(target),
    'tailor.waitForStudent': async (target) =>
      (await import('./studentServer.ts')).waitForStudentHandler(editor)(target),
    'tailor.setup': async (target) =>
      (await import('./setUpTrainer.ts')).setUpTrainerHandler(editor)(target),
  };
}
