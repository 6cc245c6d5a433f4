import * as vscode from 'vscode';
import { AppError, cancelled } from '../../core/errors.ts';
import { loadProfiles, profilesPath, type TeacherProfile } from '../../node/teacher/profiles.ts';
import type { Handler } from '../commands.ts';
import type { Editor } from '../editor.ts';
import { said } from '../said.ts';
import { aboutProfile, readTeacher } from '../teacherStatus.ts';
import { requireTrust } from '../trust.ts';
import { rowOf } from './chooseTeacher.ts';
import { ask, BACK, pick } from './inSteps.ts';
import { KeysOfFiles } from './keysOfFiles.ts';

/** "Set Teacher Key": into the editor's secret store, for one exact address; nothing ever shows it again. */
export function setTeacherKeyHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { t } = vscode.l10n;
    const path = profilesPath(editor.environment);
    const profiles = await loadProfiles(path);
    const title = t('Set Teacher Key');
    const profile = await profileFor(editor, target.root, profiles, title);
    const { origin } = aboutProfile(profile);
    const key = await ask(
      { title, step: 1, totalSteps: 1 },
      t('The key for {0}. Leave it empty to forget the one that is kept.', origin),
      {
        secret: true,
        problem: (value) => (/\s/u.test(value) ? t('A key holds no white space.') : null),
      },
    );
    if (key === BACK) throw cancelled();
    // Trust and the profile may have changed while the person looked for the key.
    requireTrust();
    const files = new KeysOfFiles(editor.memory, editor.keys);
    // Keys of addresses that this file named and names no longer are of no use but to lose.
    await files.tidy(
      path,
      profiles.map((one) => aboutProfile(one).origin),
    );
    if (key === '') {
      await editor.keys.forget(origin);
      void vscode.window.showInformationMessage(t('The key for {0} is forgotten.', origin));
      return;
    }
    await editor.keys.store(origin, key);
    await files.note(path, origin);
    const test = t('Test Teacher');
    void vscode.window
      .showInformationMessage(t('The key is kept for {0} alone.', origin), test)
      .then((chosen) => {
        if (chosen === test) {
          void vscode.commands.executeCommand('tailor.testTeacher', { root: target.root });
        }
      });
  };
}

async function profileFor(
  editor: Editor,
  root: string | undefined,
  profiles: readonly TeacherProfile[],
  title: string,
): Promise<TeacherProfile> {
  const { t } = vscode.l10n;
  if (profiles.length === 0) {
    throw new AppError(
      'teacher.unknownProfile',
      t('There is no teacher profile that could have a key.'),
      {
        hint: t('Add one with Tailor: Choose Teacher. The programmatic teacher needs none.'),
      },
    );
  }
  await editor.projects.known();
  const at = root ?? editor.projects.current?.root;
  const teacher = at === undefined ? null : await readTeacher(at, editor.environment);
  if (teacher?.kind === 'profile') return teacher.profile;
  const chosen = await pick(
    { title, step: 1, totalSteps: 1 },
    t('For which teacher?'),
    profiles.map((profile) => ({ ...rowOf(profile), profile })),
  );
  if (chosen === BACK) throw cancelled();
  return chosen.profile;
}

/** "Test Teacher": one real call, and what it tells. */
export function testTeacherHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { root } = await editor.projects.pick(target.root);
    const title = vscode.l10n.t('Testing the teacher');
    const { text } = await editor.jobs.run(
      { root, stage: 'other', round: null, title },
      async (context) =>
        (await import('../../node/commands/testTeacher.ts')).testTeacher(context, {}),
    );
    await editor.reports.show(vscode.l10n.t('Teacher test'), said(text));
  };
}
