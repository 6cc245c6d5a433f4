import * as vscode from 'vscode';
import { BUILT_IN_TEACHER } from '../../core/project/checkProjectFile.ts';
import { placesIn, valueAt, type NamedValue } from '../../core/project/projectPlaces.ts';
import { takeInventory } from '../../node/project/projectInventory.ts';
import { loadStudents, studentsPath } from '../../node/served/profiles.ts';
import { loadProfiles, profilesPath } from '../../node/teacher/profiles.ts';
import { visibleText } from '../../core/visibleText.ts';
import { rootOf, spanRange } from './projectFileDocuments.ts';

interface Choice {
  readonly value: string;
  readonly detail: string;
  readonly kind: vscode.CompletionItemKind;
}

/** Completes what a project file names: this computer's teachers, and the project's own files and students. */
export class ProjectFileCompletion implements vscode.CompletionItemProvider {
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const named = valueAt(placesIn(document.getText()), document.offsetAt(position));
    if (!named) return [];
    const choices = await this.#choices(rootOf(document.uri), named);
    return choices.map(({ value, detail, kind }, place) => {
      const item = new vscode.CompletionItem(visibleText(value), kind);
      const spelled = JSON.stringify(value);
      item.insertText = spelled;
      item.range = spanRange(document, named);
      // The editor compares with what is replaced, quotes and all.
      item.filterText = spelled;
      item.sortText = `0${String(place).padStart(4, '0')}`;
      item.detail = visibleText(detail);
      return item;
    });
  }

  async #choices(root: string, { kind }: NamedValue): Promise<Choice[]> {
    const { t } = vscode.l10n;
    const { Constant, File, Folder } = vscode.CompletionItemKind;
    if (kind === 'teacher') {
      const profiles = await loadProfiles(profilesPath(this.#environment)).catch(() => []);
      return [
        {
          value: BUILT_IN_TEACHER,
          detail: t('Programmatic, not a language model'),
          kind: Constant,
        },
        ...profiles.map(({ name, model, baseURL }) => ({
          value: name,
          detail: `${model} · ${new URL(baseURL).host}`,
          kind: Constant,
        })),
      ];
    }
    if (kind === 'server') {
      const servers = await loadStudents(studentsPath(this.#environment)).catch(() => []);
      return servers.map(({ name, model, baseURL }) => ({
        value: name,
        detail: `${model} · ${new URL(baseURL).host}`,
        kind: Constant,
      }));
    }
    const { dataFiles, students, texts } = await takeInventory(root);
    if (kind === 'student') {
      return students.map((value) => ({ value, detail: t('Student folder'), kind: Folder }));
    }
    const files = kind === 'data' ? dataFiles : texts;
    const detail = kind === 'data' ? t('Questions') : t('Text file');
    return files.map((value) => ({ value, detail, kind: File }));
  }
}
