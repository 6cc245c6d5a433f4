import { AppError } from '../errors.ts';
import type { AgainStudent } from '../exam/again.ts';
import { sentence } from '../sentence.ts';
import type { RoundState } from './state.ts';
import type { RoundStore } from './store.ts';

/** The student that sat the round's exam, the base, the newest one, or the one that a named run made. */
export type StudentChoice = 'round' | 'base' | 'last' | { readonly run: string };

/** A student that can be asked; without a digest nobody has recorded what its files were. */
export type ChosenStudent = Omit<AgainStudent, 'digest'> & { readonly digest: string | null };

/** So much of a run's name says which is meant. */
const SHORTEST_NAME = 4;

/** Which folder a choice means, and what its files are recorded to be. */
export async function chooseStudent(
  store: RoundStore,
  { student }: RoundState,
  choice: StudentChoice,
): Promise<ChosenStudent> {
  const made = await madeStudents(store);
  if (typeof choice === 'object') return ofRun(store, made, choice.run);
  switch (choice) {
    case 'round':
      return made.find(({ path }) => path === student.path) ?? { ...student, trained: null };
    case 'base':
      return base(store);
    case 'last':
      return made.at(-1) ?? base(store);
  }
}

async function base(store: RoundStore): Promise<ChosenStudent> {
  const path = store.project.student;
  const first = (await store.state(0))?.student;
  return { path, digest: first?.path === path ? first.digest : null, trained: null };
}

/** The students that the rounds went on with, oldest first. */
async function madeStudents(store: RoundStore): Promise<ChosenStudent[]> {
  const made: ChosenStudent[] = [];
  for (const round of await store.rounds()) {
    const training = (await store.state(round))?.training;
    if (!training?.student) continue;
    made.push({ ...training.student, trained: { round, run: training.runId } });
  }
  return made;
}

async function ofRun(
  store: RoundStore,
  made: readonly ChosenStudent[],
  name: string,
): Promise<ChosenStudent> {
  const isMeant = ({ trained }: ChosenStudent): boolean =>
    trained?.run === name ||
    (name.length >= SHORTEST_NAME && trained?.run.startsWith(name) === true);
  const exact = made.filter(({ trained }) => trained?.run === name);
  const meant = exact.length > 0 ? exact : made.filter(isMeant);
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  const kept = only ? null : await ofKeptRun(store, name);
  if (kept) return kept;
  const known = made.flatMap(({ trained }) => trained?.run ?? []).join(', ');
  throw new AppError(
    'usage',
    sentence`${JSON.stringify(name)} names ${meant.length} training runs with a student.`,
    {
      hint:
        known === ''
          ? sentence`No training of this project has made a student yet.`
          : sentence`Runs that the rounds went on with: ${known}.`,
    },
  );
}

/** A run that a later one of its round has replaced; its student is kept under the run's name. */
async function ofKeptRun(store: RoundStore, run: string): Promise<ChosenStudent | null> {
  const [, number, rest] = /^r(\d{1,6})-([a-z0-9-]+)$/u.exec(run) ?? [];
  if (number === undefined || rest === undefined) return null;
  const round = Number(number);
  if (!(await store.rounds()).includes(round)) return null;
  if ((await store.runConfig(round, run)) === null) return null;
  const { relative: path } = store.studentFolder(`round-${round + 1}-${rest}`);
  return { path, digest: null, trained: { round, run } };
}
