import { resolve } from 'node:path';
import { isAborted } from '../../core/isAborted.ts';
import { AppError, cancelled } from '../../core/errors.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import { TRAINING_STRINGS } from '../../shared/trainingStrings.ts';
import { DashboardView } from '../dashboard/dashboardView.ts';
import { reportText, type ReportFormat, type ReportLanguage } from '../dashboard/reportText.ts';
import { teacherPrices } from '../dashboard/teacherPrices.ts';
import { refusePlace } from '../exporting/exportPlace.ts';
import { loadProject } from '../project/loadProject.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { translating } from '../storage/storeError.ts';
import type { CommandContext, CommandResult } from './context.ts';

export interface ReportOptions {
  readonly format: ReportFormat;
  /** Where it is written; on standard output when absent. */
  readonly output?: string;
  /** Another pair of rounds, or another set, than the newest exams of dev. */
  readonly from?: number;
  readonly to?: number;
  readonly set?: string;
  /** One that is open already: written is what it shows, and it stays open. */
  readonly view?: DashboardView;
  /** Every question of every list, however many; a CSV always has them all. */
  readonly all?: boolean;
  /** The person's language; English when absent. */
  readonly language?: ReportLanguage;
  /** Finds the words of sentences in that language; English when absent. */
  readonly say?: (text: Text) => string;
}

/**
 * `tailor report`: what the Dashboard shows of the newest two exams, or of those that are named, as a file. Reads only,
 * and writes that file alone, never one of the project's own; nothing of it after the signal.
 */
export async function report(
  context: CommandContext,
  options: ReportOptions,
): Promise<CommandResult> {
  const { signal } = context;
  if (signal.aborted) throw cancelled();
  const { root, file } = await loadProject(context.options.folder);
  const path = options.output === undefined ? null : resolve(options.output);
  if (path !== null) await refusePlace(root, file, path);
  const view =
    options.view ??
    (await DashboardView.open({
      root,
      project: file.name,
      clock: context.clock,
      strings: TRAINING_STRINGS,
      prices: () => teacherPrices(context.environment),
      signal,
      ...(options.say === undefined ? {} : { say: options.say }),
    }));
  const end = (): void => {
    if (options.view === undefined) view.dispose();
  };
  signal.addEventListener('abort', end);
  try {
    await choosePair(view, options);
    const { format, language, all = false } = options;
    const text = await reportText(view, format, {
      all,
      signal,
      now: context.clock.now(),
      ...(language === undefined ? {} : { language }),
    });
    // A view that was ended in the middle tells only a part.
    if (isAborted(signal)) throw cancelled();
    const json = { ...view.snapshot() };
    if (path === null) return { text: sentence`${text.trimEnd()}`, json };
    await translating(path, () => writeSnapshot(path, text, { mode: 0o644 }));
    return { text: sentence`Wrote ${path}.`, json: { ...json, path } };
  } catch (error) {
    throw isAborted(signal) ? cancelled() : error;
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

async function choosePair(view: DashboardView, options: ReportOptions): Promise<void> {
  if (options.from === undefined && options.to === undefined && options.set === undefined) return;
  const shown = view.snapshot().comparison;
  const set = options.set ?? shown?.set ?? 'dev';
  const examined = view.picture.rounds.filter(({ exams }) => exams.has(set));
  const to = options.to ?? examined.at(-1)?.round;
  const from =
    options.from ?? examined.filter(({ round }) => to !== undefined && round < to).at(-1)?.round;
  if (from === undefined || to === undefined) {
    throw new AppError(
      'round.notReady',
      sentence`Two different rounds with an exam on ${set} are needed.`,
      { hint: sentence`See which rounds have one: tailor status.` },
    );
  }
  await view.compare(from, to, set);
}
