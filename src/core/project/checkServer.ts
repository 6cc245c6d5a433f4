import { nearest } from '../nearest.ts';
import { sentence, type Text } from '../sentence.ts';
import type { ProjectFix, ProjectProblem, ProjectSurroundings } from './checkProjectFile.ts';
import type { NamedValue } from './projectPlaces.ts';

/** The name under which no server is meant but the built-in engine. */
const BUILT_IN_ENGINE = 'engine';

/** What is wrong with `servedBy`: it names a server of this computer's settings, and never a student's folder. */
export function checkServer(
  { from, to }: NamedValue,
  value: string,
  { servers, serversProblem, students }: ProjectSurroundings,
): ProjectProblem[] {
  const choose: ProjectFix = {
    kind: 'command',
    title: sentence`Choose a student server…`,
    command: 'chooseStudentServer',
  };
  const problem = (
    kind: ProjectProblem['kind'],
    message: Text,
    fixes: readonly ProjectFix[],
  ): ProjectProblem => ({ kind, severity: 'warning', message, from, to, fixes });
  if (value === BUILT_IN_ENGINE) {
    const message = sentence`No server is called ${value}: without servedBy the built-in engine sits the exams.`;
    return [problem('unknown-server', message, [choose])];
  }
  const meant = servers === null ? null : nearest(value, servers);
  const fixes = [
    ...(meant === null
      ? []
      : [{ kind: 'replace' as const, title: sentence`Change to ${meant}`, value: meant }]),
    choose,
  ];
  if (/[/\\]/u.test(value) || students.includes(value)) {
    const message = sentence`servedBy names a student server of this computer; ${value} is a folder, and belongs to student.`;
    return [problem('server-is-folder', message, fixes)];
  }
  if (serversProblem !== null) return [problem('bad-servers', serversProblem, [choose])];
  if (servers === null || servers.includes(value)) return [];
  const message = sentence`This computer has no student server called ${value}: nobody can sit the exams.`;
  return [problem('unknown-server', message, fixes)];
}
