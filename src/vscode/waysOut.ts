import * as vscode from 'vscode';
import type { ErrorCode } from '../core/errors.ts';

/** A button under a failure that does something about it. */
export interface WayOut {
  readonly label: string;
  readonly command: string;
}

/** What helps with a failure, where a command does. */
export function wayOut(code: ErrorCode): WayOut | null {
  const { t } = vscode.l10n;
  const ways: Partial<Record<ErrorCode, WayOut>> = {
    'trust.required': { label: t('Manage Trust'), command: 'workbench.trust.manage' },
    'project.missing': { label: t('Create Project'), command: 'tailor.init' },
    'teacher.auth': { label: t('Set Teacher Key'), command: 'tailor.setTeacherKey' },
    'teacher.unknownProfile': { label: t('Choose Teacher'), command: 'tailor.chooseTeacher' },
    'teacher.network': { label: t('Test Teacher'), command: 'tailor.testTeacher' },
    'teacher.model': { label: t('Choose Teacher'), command: 'tailor.chooseTeacher' },
    'student.modelMissing': { label: t('Choose Student'), command: 'tailor.chooseStudent' },
    'student.unknownProfile': {
      label: t('Choose Student Server'),
      command: 'tailor.chooseStudentServer',
    },
    'student.server': { label: t('Wait for Student Server'), command: 'tailor.waitForStudent' },
    'student.notServed': { label: t('Wait for Student Server'), command: 'tailor.waitForStudent' },
    'student.capability': { label: t('Test Student'), command: 'tailor.testStudent' },
    'python.missing': { label: t('Set Up Trainer'), command: 'tailor.setup' },
    'python.untrusted': { label: t('Set Up Trainer'), command: 'tailor.setup' },
    'trainer.depsMissing': { label: t('Set Up Trainer'), command: 'tailor.setup' },
    'trainer.checkpointMismatch': { label: t('Train Anew…'), command: 'tailor.trainAnew' },
    'data.missing': { label: t('Import Data'), command: 'tailor.import' },
  };
  return ways[code] ?? null;
}
