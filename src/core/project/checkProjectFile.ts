import type { Severity } from '../dataset/rowFacts.ts';
import { nearest } from '../nearest.ts';
import { checkServer } from './checkServer.ts';
import { sentence, type Text } from '../sentence.ts';
import type { NamedValue, ProjectPlaces } from './projectPlaces.ts';
import { relativePathSchema } from './relativePath.ts';

/** The built-in teacher, which every computer has. */
export const BUILT_IN_TEACHER = 'programmatic';

/** What lies at a path of a project: `outside`, where a link leads out of it or it cannot be a name at all. */
export type AtPath = 'file' | 'folder' | 'missing' | 'outside';

/** What the check asks of the disk and of this computer's settings. */
export interface ProjectSurroundings {
  /** Names of this computer's teacher profiles; null where they cannot be read. */
  readonly profiles: readonly string[] | null;
  /** Names of this computer's student servers; null where they cannot be read, and then why. */
  readonly servers: readonly string[] | null;
  readonly serversProblem: Text | null;
  at(path: string): AtPath;
  /** Why a folder holds no student that can sit exams; null where it does. */
  student(path: string): Text | null;
  /** What the project holds: data files, student folders and texts, relative to it. */
  readonly dataFiles: readonly string[];
  readonly students: readonly string[];
  readonly texts: readonly string[];
}

export type ProjectProblemKind =
  | 'unknown-teacher'
  | 'unknown-server'
  | 'server-is-folder'
  | 'bad-servers'
  | 'student-is-server'
  | 'outside'
  | 'missing-file'
  | 'missing-student'
  | 'bad-student'
  | 'same-file'
  | 'set-name';

/** A way to mend it: another value, a file that is made, or a command that asks. */
export type ProjectFix =
  | { readonly kind: 'replace'; readonly title: Text; readonly value: string }
  | { readonly kind: 'create'; readonly title: Text; readonly path: string }
  | {
      readonly kind: 'command';
      readonly title: Text;
      readonly command: 'chooseTeacher' | 'chooseStudent' | 'chooseStudentServer' | 'import';
    };

export interface ProjectProblem {
  readonly kind: ProjectProblemKind;
  /** Null: the editor's own check of the file says it already, and only the ways to mend it are ours. */
  readonly severity: Severity | null;
  readonly message: Text;
  readonly from: number;
  readonly to: number;
  readonly fixes: readonly ProjectFix[];
}

/** Names that a further set may have, as the schema says it. */
const SET_NAME = /^(?!(?:train|dev|test)$)[a-z][a-z0-9-]{0,30}$/u;

/** What is wrong with a tailor.json beyond its schema, which the editor checks by itself. */
export function checkProjectFile(
  places: ProjectPlaces,
  around: ProjectSurroundings,
): ProjectProblem[] {
  const problems = places.values.flatMap((value) => checkValue(value, around));
  return [...problems, ...sameFiles(places), ...setNames(places)].sort((a, b) => a.from - b.from);
}

function checkValue(named: NamedValue, around: ProjectSurroundings): ProjectProblem[] {
  const { value, kind } = named;
  if (value === null || value === '') return [];
  if (kind === 'teacher') return checkTeacher(named, value, around);
  if (kind === 'server') return checkServer(named, value, around);
  const known =
    kind === 'data' ? around.dataFiles : kind === 'head' ? around.texts : around.students;
  const at = relativePathSchema.safeParse(value).success ? around.at(value) : 'outside';
  if (at === 'outside') {
    const message = sentence`A path of a project is relative and stays inside its folder.`;
    return [problem('outside', 'error', named, message, nearestPath(value, known))];
  }
  if (kind === 'student') return checkStudent(named, value, at, around);
  if (at === 'file') return [];
  if (at === 'folder') {
    return [
      problem(
        'missing-file',
        'error',
        named,
        sentence`${value} is a folder.`,
        nearestPath(value, known),
      ),
    ];
  }
  const create: ProjectFix = {
    kind: 'create',
    title: sentence`Create the file ${value}`,
    path: value,
  };
  const bring: ProjectFix = { kind: 'command', title: sentence`Import data…`, command: 'import' };
  const message = sentence`There is no file ${value} in this project.`;
  const severity = kind === 'head' ? 'error' : 'warning';
  return [
    problem('missing-file', severity, named, message, [
      ...nearestPath(value, known),
      ...(kind === 'data' ? [bring] : []),
      create,
    ]),
  ];
}

function problem(
  kind: ProjectProblemKind,
  severity: Severity | null,
  { from, to }: { readonly from: number; readonly to: number },
  message: Text,
  fixes: readonly ProjectFix[],
): ProjectProblem {
  return { kind, severity, message, from, to, fixes };
}

function replaceBy(value: string): ProjectFix {
  return { kind: 'replace', title: sentence`Change to ${value}`, value };
}

/** The file or folder that was most likely meant: one of that very name elsewhere, or one that is spelt almost so. */
function nearestPath(path: string, known: readonly string[]): ProjectFix[] {
  const last = (one: string): string => one.split(/[/\\]/u).at(-1) ?? one;
  const found =
    known.find((one) => one !== path && last(one) === last(path)) ?? nearest(path, known);
  return found === null ? [] : [replaceBy(found)];
}

function checkTeacher(
  named: NamedValue,
  value: string,
  { profiles }: ProjectSurroundings,
): ProjectProblem[] {
  if (profiles === null || value === BUILT_IN_TEACHER || profiles.includes(value)) return [];
  const meant = nearest(value, [...profiles, BUILT_IN_TEACHER]);
  const choose: ProjectFix = {
    kind: 'command',
    title: sentence`Choose a teacher…`,
    command: 'chooseTeacher',
  };
  const message = sentence`This computer has no teacher called ${value}: nobody can be asked.`;
  return [
    problem('unknown-teacher', 'warning', named, message, [
      ...(meant === null ? [] : [replaceBy(meant)]),
      choose,
      ...(meant === BUILT_IN_TEACHER ? [] : [replaceBy(BUILT_IN_TEACHER)]),
    ]),
  ];
}

function checkStudent(
  named: NamedValue,
  value: string,
  at: AtPath,
  around: ProjectSurroundings,
): ProjectProblem[] {
  const choose: ProjectFix = {
    kind: 'command',
    title: sentence`Choose a student…`,
    command: 'chooseStudent',
  };
  const fixes = [...nearestPath(value, around.students), choose];
  if (at !== 'folder' && around.servers?.includes(value) === true) {
    const message = sentence`${value} is a student server of this computer: servedBy names it. student stays the folder that is trained.`;
    return [problem('student-is-server', 'warning', named, message, fixes)];
  }
  if (at !== 'folder') {
    const message = sentence`There is no student folder ${value} in this project.`;
    return [problem('missing-student', 'warning', named, message, fixes)];
  }
  const reason = around.student(value);
  return reason === null ? [] : [problem('bad-student', 'error', named, reason, fixes)];
}

/** What measures the student must not be what it is trained on. */
function sameFiles({ values }: ProjectPlaces): ProjectProblem[] {
  const first = new Map<string, string>();
  return values.flatMap((named) => {
    const { kind, value, set } = named;
    if (kind !== 'data' || !value || set === null) return [];
    const plain = value.replace(/^(?:\.\/)+/u, '');
    const other = first.get(plain);
    if (other === undefined) {
      first.set(plain, set);
      return [];
    }
    const message = sentence`${other} and ${set} are the same file.`;
    return [problem('same-file', 'warning', named, message, [])];
  });
}

function setNames({ setNames: names }: ProjectPlaces): ProjectProblem[] {
  const taken = new Set(names.map(({ name }) => name));
  return names.flatMap((named) => {
    if (SET_NAME.test(named.name)) return [];
    const better = unused(allowedName(named.name), taken);
    const message = sentence`A set is named with small letters, digits and hyphens, and not train, dev or test.`;
    return [problem('set-name', null, named, message, [replaceBy(better)])];
  });
}

function allowedName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^[^a-z]+|-+$/gu, '')
    .slice(0, 25);
  if (plain === '') return 'extra';
  return SET_NAME.test(plain) ? plain : `${plain}-extra`;
}

function unused(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let count = 2; ; count += 1) {
    if (!taken.has(`${name}-${count}`)) return `${name}-${count}`;
  }
}
