import type { CommandContext } from '../../src/node/commands/context.ts';
import { fakeClock } from './fakeClock.ts';
import { silentLog } from './loopFakes.ts';

/** What a command gets that runs on the project at `root`: no environment, a clock that stands, nothing said. */
export const commandContext = (root: string): CommandContext => ({
  assets: { installation: root, engine: '', bridge: '', media: '' },
  clock: fakeClock(),
  log: silentLog,
  report: () => undefined,
  signal: new AbortController().signal,
  environment: {},
  options: { folder: root },
});
