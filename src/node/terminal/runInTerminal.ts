import { isAppError } from '../../core/errors.ts';
import type { Log } from '../../core/ports.ts';
import type { CommandContext, CommandResult } from '../commands/context.ts';
import type { Assets } from '../session/session.ts';
import { systemClock } from '../storage/systemClock.ts';
import { EXIT, exitCodeOf } from './exitCodes.ts';
import { ProgressLine } from './progressLine.ts';
import { visibleJson, visibleText } from '../../core/visibleText.ts';

export interface TerminalOptions {
  readonly project?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly python?: string;
  readonly teacher?: string;
  readonly rounds?: number;
  readonly wait?: boolean;
}

/** Stopping takes less than a second: what is not over by then is safe on disk or ends without us. */
const STOP_MS = 900;

/**
 * The command line's one edge: runs an action with progress on stderr, its result on stdout, and turns failures into
 * a sentence, a hint and an exit code. The first Ctrl-C stops the work cleanly, a second one ends the process.
 */
export async function runInTerminal(
  options: TerminalOptions,
  assets: Assets,
  action: (context: CommandContext, say: (text: string) => void) => Promise<CommandResult>,
): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosed);
  const line = new ProgressLine(process.stderr, () => Date.now());
  const abort = new AbortController();
  let asked = false;
  const stop = (): void => {
    if (asked) process.exit(EXIT.cancelled);
    asked = true;
    line.line('Stopping; nothing is lost, running again continues. (Again: at once.)');
    abort.abort();
    // A trainer may still be writing its checkpoint: it ends by itself, and nobody has to wait for it.
    setTimeout(() => process.exit(EXIT.cancelled), STOP_MS).unref();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const say = (text: string): void => line.line(text);
  const quiet = options.quiet === true || options.json === true;
  const log: Log = {
    debug: () => undefined,
    info: (message) => (quiet ? undefined : say(message)),
    warn: (message) => say(`warning: ${message}`),
    error: (message) => say(`error: ${message}`),
  };
  const context: CommandContext = {
    assets,
    clock: systemClock,
    log,
    report: quiet ? () => undefined : line.report,
    signal: abort.signal,
    environment: process.env,
    python: options.python,
    options: {
      folder: options.project ?? '.',
      teacher: options.teacher,
      rounds: options.rounds,
      wait: options.wait,
    },
  };
  try {
    const result = await action(context, say);
    line.clear();
    const text =
      options.json === true ? visibleJson(result.json) : visibleText(String(result.text));
    process.stdout.write(`${text}\n`);
    return EXIT[result.exit ?? 'ok'];
  } catch (error) {
    line.clear();
    return fail(error, options.json === true);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** Whoever reads may stop reading (`tailor status | head -1`): what was asked for is done all the same. */
function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function fail(error: unknown, json: boolean): number {
  if (!isAppError(error)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `${visibleText(`Tailor failed unexpectedly. This is a defect.\n${stack}`)}\n`,
    );
    if (json) process.stdout.write(`${visibleJson({ error: { code: 'unexpected' } })}\n`);
    return EXIT.failed;
  }
  const { code, message, hint, detail } = error;
  if (json) process.stdout.write(`${visibleJson({ error: { code, message, hint, detail } })}\n`);
  const lines = [message, ...(hint === undefined ? [] : [hint])];
  process.stderr.write(`${visibleText(lines.join('\n'))}\n`);
  return exitCodeOf(code);
}
