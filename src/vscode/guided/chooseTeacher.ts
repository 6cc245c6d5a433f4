import * as vscode from 'vscode';
import { cancelled } from '../../core/errors.ts';
import { addProfile, profileProblem } from '../../node/teacher/editProfiles.ts';
import {
  loadProfiles,
  profilesPath,
  PROGRAMMATIC,
  type TeacherProfile,
} from '../../node/teacher/profiles.ts';
import type { Handler } from '../commands.ts';
import { said } from '../said.ts';
import type { Editor } from '../editor.ts';
import { aboutProfile } from '../teacherStatus.ts';
import { requireTrust } from '../trust.ts';
import { ask, BACK, inSteps, pick, type Ask } from './inSteps.ts';

/** "Choose Teacher": the built-in one, one of this person's profiles, or a new profile. */
export function chooseTeacherHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { t } = vscode.l10n;
    const { root } = await editor.projects.pick(target.root);
    const path = profilesPath(editor.environment);
    const profiles = await loadProfiles(path);
    const title = t('Choose Teacher');
    const chosen = await pick({ title, step: 1, totalSteps: 1 }, t('Who teaches this project?'), [
      {
        label: t('Programmatic'),
        description: t('not a language model'),
        detail: t('Works from the equations of the data, on this computer.'),
        teacher: PROGRAMMATIC,
      },
      ...profiles.map((profile) => ({ ...rowOf(profile), teacher: profile.name })),
      {
        label: `$(add) ${t('Add a profile…')}`,
        detail: t('Any server that speaks the OpenAI form; kept in {0}', path),
        teacher: '',
      },
    ]);
    if (chosen === BACK) throw cancelled();
    const profile = chosen.teacher === '' ? await newProfile(path, profiles) : null;
    const teacher = profile?.name ?? chosen.teacher;
    const { choose } = await import('../../node/commands/choose.ts');
    const signal = new AbortController().signal;
    await choose(editor.makeContext({ root, signal }), { teacher });
    await editor.projects.refresh();
    const used = profile ?? profiles.find(({ name }) => name === teacher);
    if (used) await offerNext(editor, root, used);
  };
}

interface Draft {
  readonly name: string;
  readonly baseURL: string;
  readonly model: string;
}

async function newProfile(path: string, known: readonly TeacherProfile[]): Promise<TeacherProfile> {
  const { t } = vscode.l10n;
  const field =
    (key: keyof Draft, prompt: string, placeholder: string, others: Partial<Draft>): Ask<Draft> =>
    async (draft, place) => {
      const value = await ask(place, prompt, {
        value: draft[key],
        placeholder,
        problem: (text) => {
          const problem = profileProblem({ ...draft, ...others, [key]: text }, known);
          return problem === null ? null : said(problem);
        },
      });
      return value === BACK ? BACK : { ...draft, [key]: value };
    };
  const fine = { name: 'x', baseURL: 'https://localhost/v1', model: 'x' };
  const draft = await inSteps<Draft>(
    t('Add a Teacher Profile'),
    { name: '', baseURL: '', model: '' },
    [
      field('name', t('A name for it, used in tailor.json'), 'my-teacher', {
        baseURL: fine.baseURL,
        model: fine.model,
      }),
      field('baseURL', t('The address of the server, up to /v1'), 'https://…/v1', {
        model: fine.model,
      }),
      field('model', t('The model’s name there'), '', {}),
    ],
  );
  return addProfile(path, draft);
}

/** A teacher needs a key more often than not, and one call shows whether it answers. */
async function offerNext(editor: Editor, root: string, profile: TeacherProfile): Promise<void> {
  const { t } = vscode.l10n;
  const { origin, isLocal } = aboutProfile(profile);
  const hasKey = (await editor.keys.keyFor(origin)) !== null || profile.keyEnv !== undefined;
  const setKey = t('Set Teacher Key');
  const test = t('Test Teacher');
  const buttons = hasKey || isLocal ? [test] : [setKey, test];
  void vscode.window
    .showInformationMessage(t('{0} teaches this project.', profile.name), ...buttons)
    .then((chosen) => {
      const command = chosen === setKey ? 'tailor.setTeacherKey' : 'tailor.testTeacher';
      if (chosen !== undefined) void vscode.commands.executeCommand(command, { root });
    });
}

export function rowOf(profile: TeacherProfile): vscode.QuickPickItem {
  return { label: profile.name, description: profile.model, detail: profile.baseURL };
}
