import { AppError } from '../errors.ts';
import { joined, sentence, type Text } from '../sentence.ts';
import { finishedOf, type RoundState } from './state.ts';
import type { RoundStore } from './store.ts';

/** What a run's name stands for, and whether a person asked for a new run of the same. */
export interface WantedRun {
  readonly recipe: Readonly<Record<string, unknown>>;
  /** `rN-…`, made of the recipe alone. */
  readonly base: string;
  /** What older versions called the same recipe here: a run that bears this name goes on under it. */
  readonly older?: string;
  readonly fresh: boolean;
}

/**
 * The run that training starts or goes on with. The same recipe goes on with the same run; another one never takes a
 * begun run's place by itself, and a fresh run never touches an older one. A run that came to nothing binds nobody: the
 * round goes on with the finished run that it had, or begins.
 */
export async function chooseRun(
  store: RoundStore,
  { round, training }: RoundState,
  wanted: WantedRun,
): Promise<string> {
  const { recipe, base, older, fresh } = wanted;
  if (fresh) {
    let runId = base;
    for (let number = 2; (await store.runConfig(round, runId)) !== null; number += 1) {
      runId = `${base}-${number}`;
    }
    return runId;
  }
  if (training === null) return beginning(store, round, wanted);
  const isSame = (runId: string): boolean =>
    isNamed(runId, base) || (older !== undefined && isNamed(runId, older));
  if (isSame(training.runId)) return training.runId;
  const standing = await bindingRun(store, round, training);
  if (standing === undefined) return beginning(store, round, wanted);
  if (isSame(standing)) return standing;
  const begun = await store.runConfig(round, standing);
  if (begun === null) return beginning(store, round, wanted);
  throw new AppError(
    'trainer.checkpointMismatch',
    sentence`Training of round ${round} began with something else: ${different(begun, recipe)}.`,
    {
      hint: sentence`Put that back to go on with it, or train anew with tailor train --fresh; the old run (${standing}) is kept.`,
      detail: { runId: standing },
    },
  );
}

/** The run that the round is bound to: the one that it has begun, unless that came to nothing, or a finished one. */
async function bindingRun(
  store: RoundStore,
  round: number,
  training: NonNullable<RoundState['training']>,
): Promise<string | undefined> {
  if (training.student || (await store.runBinds(round, training.runId))) return training.runId;
  return finishedOf(training)?.runId;
}

/** A set that is frozen again as it was goes on with the run that it had, whichever version named that. */
async function beginning(
  store: RoundStore,
  round: number,
  { base, older }: WantedRun,
): Promise<string> {
  if (older === undefined || (await store.runConfig(round, base)) !== null) return base;
  return (await store.runConfig(round, older)) === null ? base : older;
}

const isNamed = (runId: string, base: string): boolean =>
  runId === base || runId.startsWith(`${base}-`);

/** The parts of a recipe that a run was begun with in another form, for people. */
function different(begun: unknown, recipe: Readonly<Record<string, unknown>>): Text {
  const paths = [...unequal(begun, recipe, ''), ...leftOut(begun, recipe)];
  const named: Text[] = [];
  if (paths.some((path) => path.startsWith('data.'))) named.push(sentence`the frozen set`);
  // In another folder the same files are the same student: so says a run of an older version whose project has moved.
  const isOtherStudent = paths.includes('model.digest');
  if (isOtherStudent) named.push(sentence`the student that it starts from`);
  const aside = isOtherStudent ? /^(?:data|model)\./u : /^data\./u;
  const settings = paths.filter((path) => !aside.test(path));
  if (settings.length > 0) named.push(sentence`settings (${settings.slice(0, 8).join(', ')})`);
  return named.length > 0 ? joined(named, '; ') : sentence`the form of its configuration`;
}

/** Settings that a recipe may be without, and is without now: an equal one would name them. */
function leftOut(begun: unknown, recipe: Readonly<Record<string, unknown>>): string[] {
  if (!isObject(begun)) return [];
  return ['chat', 'launch'].filter((key) => begun[key] !== undefined && recipe[key] === undefined);
}

function unequal(a: unknown, b: unknown, path: string): string[] {
  if (!isObject(a) || !isObject(b)) return JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
  return Object.keys(b).flatMap((key) =>
    unequal(a[key], b[key], path === '' ? key : `${path}.${key}`),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
