import { AppError, isAppError } from '../errors.ts';
import { sentence } from '../sentence.ts';

/** Works through `tasks` with `width` at a time; the first failure stops the hand-out and is thrown at the end. */
export async function inParallel<T>(
  tasks: readonly T[],
  width: number,
  work: (task: T) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  let next = 0;
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (failures.length === 0 && !stopped()) {
      const task = tasks[next];
      next += 1;
      if (task === undefined) return;
      try {
        await work(task);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, width) }, worker));
  const first = failures.find((error) => !isAppError(error, 'cancelled')) ?? failures[0];
  if (first instanceof Error) throw first;
  if (first !== undefined)
    throw new AppError('unexpected', sentence`Teaching failed.`, { cause: first });
}
