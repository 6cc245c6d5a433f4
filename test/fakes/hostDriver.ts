/**
 * A host of its own for tests that kill one: node --experimental-strip-types hostDriver.ts PROJECT RUN_FOLDER
 * Prints one line per event it sees, then how it ended. With a third argument `leave` it lets the run go on after
 * the first step and must come to its own end.
 */
import { RunHarness } from './runHarness.ts';

const [, , project, folder, leave] = process.argv;
if (project === undefined || folder === undefined) throw new Error('usage: PROJECT RUN_FOLDER');
const run = new RunHarness(project, folder);
const { abort, end } = await run.start({
  detachOnAbort: leave === 'leave',
  onEvent: (event) => {
    process.stdout.write(`${event.type} ${event.seq}\n`);
    if (leave === 'leave' && event.type === 'progress') abort.abort();
  },
});
const { error } = await end;
process.stdout.write(
  error === null ? 'end done\n' : `end ${error instanceof Error ? error.message : 'unknown'}\n`,
);
