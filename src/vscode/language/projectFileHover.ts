import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { BUILT_IN_TEACHER } from '../../core/project/checkProjectFile.ts';
import { placesIn, valueAt, type NamedValue } from '../../core/project/projectPlaces.ts';
import { studentConfig } from '../../node/project/projectInventory.ts';
import { resolveInside } from '../../node/storage/safePath.ts';
import { loadStudents, studentsPath } from '../../node/served/profiles.ts';
import { loadProfiles, profilesPath } from '../../node/teacher/profiles.ts';
import { visibleText } from '../../core/visibleText.ts';
import { said } from '../said.ts';
import { count } from '../texts.ts';
import { rootOf, spanRange } from './projectFileDocuments.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What stands behind a value of a project file: the teacher's model, the student's size, how large a file is. */
export class ProjectFileHover implements vscode.HoverProvider {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | null> {
    const named = valueAt(placesIn(document.getText()), document.offsetAt(position));
    if (!named?.value) return null;
    const text = await aboutValue(rootOf(document.uri), named, named.value, this.#environment);
    if (text === null) return null;
    const shown = new vscode.MarkdownString();
    // Names and models come from files: shown as text, whatever they hold.
    shown.appendText(visibleText(text));
    return new vscode.Hover(shown, spanRange(document, named));
  }
}

async function aboutValue(
  root: string,
  { kind }: NamedValue,
  value: string,
  environment: Environment,
): Promise<string | null> {
  const { t } = vscode.l10n;
  if (kind === 'teacher') {
    if (value === BUILT_IN_TEACHER) {
      return t('The built-in teacher: a program that works from the equations of the data.');
    }
    const profiles = await loadProfiles(profilesPath(environment)).catch(() => []);
    const profile = profiles.find(({ name }) => name === value);
    return profile ? t('{0} at {1}', profile.model, new URL(profile.baseURL).host) : null;
  }
  if (kind === 'server') {
    const servers = await loadStudents(studentsPath(environment)).catch(() => []);
    const server = servers.find(({ name }) => name === value);
    return server ? t('{0} at {1}', server.model, new URL(server.baseURL).host) : null;
  }
  if (kind === 'student') {
    const config = await studentConfig(root, value);
    if ('doubt' in config) return said(config.doubt);
    const { family, layers, hidden, vocab, maxPositions } = config;
    return t(
      '{0}: {1} layers, width {2}, {3} tokens known, at most {4} tokens long',
      family,
      layers,
      count(hidden),
      count(vocab),
      count(maxPositions),
    );
  }
  const path = await resolveInside(root, value).catch(() => null);
  const found = path === null ? null : await stat(path).catch(() => null);
  return found?.isFile() === true ? t('{0} bytes', count(found.size)) : null;
}
