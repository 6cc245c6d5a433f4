import * as vscode from 'vscode';
import { cancelled } from '../../core/errors.ts';
import {
  addStudent,
  ENGINE,
  loadStudents,
  studentProblem,
  studentsPath,
  type NewStudent,
  type StudentProfile,
} from '../../node/served/profiles.ts';
import type { Handler } from '../commands.ts';
import type { Editor } from '../editor.ts';
import { said } from '../said.ts';
import { requireTrust } from '../trust.ts';
import { ask, BACK, inSteps, pick, type Ask } from './inSteps.ts';

/** "Choose Student Server": the built-in engine, one of this person's servers, or a new one. */
export function chooseStudentServerHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { t } = vscode.l10n;
    const { root } = await editor.projects.pick(target.root);
    const path = studentsPath(editor.environment);
    const known = await loadStudents(path);
    const place = { title: t('Choose Student Server'), step: 1, totalSteps: 1 };
    const chosen = await pick(place, t('Who sits the exams of this project?'), [
      {
        label: t('The built-in engine'),
        detail: t('Answers on this computer’s CPU, from the student’s folder.'),
        server: ENGINE,
      },
      ...known.map(({ name, model, baseURL }) => ({
        label: name,
        description: model,
        detail: baseURL,
        server: name,
      })),
      {
        label: `$(add) ${t('Add a server…')}`,
        detail: t(
          'vLLM, llama.cpp, Ollama or another that speaks the OpenAI form; kept in {0}',
          path,
        ),
        server: '',
      },
    ]);
    if (chosen === BACK) throw cancelled();
    const server = chosen.server === '' ? (await newServer(path, known)).name : chosen.server;
    const { choose } = await import('../../node/commands/choose.ts');
    const signal = new AbortController().signal;
    await choose(editor.makeContext({ root, signal }), { server });
    await editor.projects.refresh();
    if (server === ENGINE) return;
    const test = t('Test Student');
    void vscode.window
      .showInformationMessage(t('{0} sits the exams of this project.', server), test)
      .then((button) => {
        if (button === test) void vscode.commands.executeCommand('tailor.testStudent', { root });
      });
  };
}

interface Draft {
  readonly kind: StudentProfile['kind'];
  readonly name: string;
  readonly baseURL: string;
  readonly model: string;
}

/** Where these servers listen when nobody says otherwise. */
const USUAL: Readonly<Record<StudentProfile['kind'], string>> = {
  vllm: 'http://127.0.0.1:8000/v1',
  'llama.cpp': 'http://127.0.0.1:8080/v1',
  ollama: 'http://127.0.0.1:11434/v1',
  other: '',
};

async function newServer(path: string, known: readonly StudentProfile[]): Promise<StudentProfile> {
  const { t } = vscode.l10n;
  const fine: NewStudent = { name: 'x', baseURL: 'https://localhost/v1', model: 'x' };
  const field =
    (key: 'name' | 'baseURL' | 'model', prompt: string, placeholder: string): Ask<Draft> =>
    async (draft, place) => {
      const value = await ask(place, prompt, {
        value: draft[key] === '' && key === 'baseURL' ? USUAL[draft.kind] : draft[key],
        placeholder,
        problem: (text) => {
          const problem = studentProblem({ ...fine, [key]: text }, known);
          return problem === null ? null : said(problem);
        },
      });
      return value === BACK ? BACK : { ...draft, [key]: value };
    };
  const kind: Ask<Draft> = async (draft, place) => {
    const chosen = await pick(place, t('What serves the student?'), [
      { label: 'vLLM', serves: 'vllm' as const },
      { label: 'llama.cpp', serves: 'llama.cpp' as const },
      { label: 'Ollama', serves: 'ollama' as const },
      { label: t('Another server'), serves: 'other' as const },
    ]);
    return chosen === BACK ? BACK : { ...draft, kind: chosen.serves };
  };
  const draft = await inSteps<Draft>(
    t('Add a Student Server'),
    { kind: 'vllm', name: '', baseURL: '', model: '' },
    [
      kind,
      field('name', t('A name for it, used in tailor.json'), 'gpu-box'),
      field('baseURL', t('The address of the server, up to /v1'), 'http://127.0.0.1:8000/v1'),
      field('model', t('The model’s name there'), 'student'),
    ],
  );
  return addStudent(path, draft);
}

/** "Test Student": a few small requests, and what the server can do. */
export function testStudentHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { root } = await editor.projects.pick(target.root);
    const title = vscode.l10n.t('Testing the student');
    const { text } = await editor.jobs.run(
      { root, stage: 'other', round: null, title },
      async (context) => (await import('../../node/commands/student.ts')).testStudent(context, {}),
    );
    await editor.reports.show(vscode.l10n.t('Student test'), said(text));
  };
}

/** "Wait for Student Server": until it answers as the student of the next round; then the round can go on. */
export function waitForStudentHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { t } = vscode.l10n;
    const { root } = await editor.projects.pick(target.root);
    const title = t('Waiting for the student’s server');
    const { text, json } = await editor.jobs.run(
      { root, stage: 'other', round: null, title },
      async (context) =>
        (await import('../../node/commands/student.ts')).checkStudent(context, { wait: true }),
    );
    const goOn = t('Run Next Round');
    const record = t('Record Student');
    // A base has no record until somebody makes one; then the server can be checked before anything rests on it.
    const buttons = json.recordable ? [record, goOn] : [goOn];
    void vscode.window.showInformationMessage(said(text), ...buttons).then((button) => {
      if (button === goOn) void vscode.commands.executeCommand('tailor.round', { root });
      if (button === record) void vscode.commands.executeCommand('tailor.recordStudent', { root });
    });
  };
}

/** "Record Student": what the base student computes, so that whoever answers for it can be checked. */
export function recordStudentHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { t } = vscode.l10n;
    const { root } = await editor.projects.pick(target.root);
    const { text } = await editor.jobs.run(
      { root, stage: 'other', round: null, title: t('Recording the student') },
      async (context) =>
        (await import('../../node/commands/recordStudent.ts')).recordStudent(context, {}),
    );
    void vscode.window.showInformationMessage(said(text));
  };
}
