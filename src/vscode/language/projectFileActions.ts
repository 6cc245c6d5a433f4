import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ProjectFix, ProjectProblem } from '../../core/project/checkProjectFile.ts';
import { visibleText } from '../../core/visibleText.ts';
import { said } from '../said.ts';
import { SOURCE } from './dataDiagnostics.ts';
import { rootOf, spanRange, type ProjectFileDocuments } from './projectFileDocuments.ts';

const COMMANDS = {
  chooseTeacher: 'tailor.chooseTeacher',
  chooseStudent: 'tailor.chooseStudent',
  chooseStudentServer: 'tailor.chooseStudentServer',
  import: 'tailor.import',
} as const;

/** Ways to mend what a project file names and is not there. */
export class ProjectFileActions implements vscode.CodeActionProvider {
  readonly #documents: Pick<ProjectFileDocuments, 'problems'>;

  constructor(documents: Pick<ProjectFileDocuments, 'problems'>) {
    this.#documents = documents;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const start = document.offsetAt(range.start);
    const end = document.offsetAt(range.end);
    const found = (await this.#documents.problems(document)).filter(
      ({ from, to }) => from <= end && to >= start,
    );
    return found.flatMap((problem) =>
      problem.fixes.map((fix, place) => {
        const made = new vscode.CodeAction(
          visibleText(said(fix.title)),
          vscode.CodeActionKind.QuickFix,
        );
        made.isPreferred = place === 0 && fix.kind === 'replace';
        made.diagnostics = context.diagnostics.filter((one) => isAbout(document, one, problem));
        mend(made, document, problem, fix);
        return made;
      }),
    );
  }
}

/** Our own word on it, or what the editor's schema check says of the same name. */
function isAbout(
  document: vscode.TextDocument,
  { source, code, range }: vscode.Diagnostic,
  { kind, severity, from }: ProjectProblem,
): boolean {
  if (document.offsetAt(range.start) !== from) return false;
  return severity === null ? source !== SOURCE : source === SOURCE && code === kind;
}

function mend(
  action: vscode.CodeAction,
  document: vscode.TextDocument,
  problem: ProjectProblem,
  fix: ProjectFix,
): void {
  const { uri } = document;
  const root = rootOf(uri);
  if (fix.kind === 'command') {
    const { title } = action;
    action.command = { title, command: COMMANDS[fix.command], arguments: [{ root }] };
    return;
  }
  action.edit = new vscode.WorkspaceEdit();
  if (fix.kind === 'replace') {
    action.edit.replace(uri, spanRange(document, problem), JSON.stringify(fix.value));
  } else {
    action.edit.createFile(vscode.Uri.file(join(root, fix.path)), { ignoreIfExists: true });
  }
}
