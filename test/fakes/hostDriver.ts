/**
 * A host of its own for tests that kill one: node --experimental-strip-types hostDriver.ts PROJECT RUN_FOLDER
 * Prints one line per event type it sees and the code of the end.
 */
import { RunHarness } from './runHarness.ts';

const [, , project, folder] = process.argv;
if (project === undefined || folder === undefined) throw new Error('usage: PROJECT RUN_FOLDER');
const run = new RunHarness(project, folder);
const { end } = await run.start({
  onEvent: (event) => process.stdout.write(`${event.type} ${event.seq}\n`),
});
const { error } = await end;
process.stdout.write(
  error === null ? 'end done\n' : `end ${error instanceof Error ? error.message : 'unknown'}\n`,
);
