import { AttemptTimes } from '../../core/training/attemptTimes.ts';
import { MAX_LINE_BYTES, scanByteLines } from '../storage/byteLines.ts';
import { nodeFs } from '../storage/fs.ts';
import { systemCode, translating } from '../storage/storeError.ts';
import { parseEventLine } from './eventLine.ts';
import { runPaths } from './runFolder.ts';

/** Seconds that a run's trainer was at work so far, by its own records; 0 where it never started. */
export async function runSeconds(folder: string, runId: string): Promise<number> {
  const { events } = runPaths(folder);
  const times = new AttemptTimes();
  const onLine = ({ bytes, overlong }: { bytes: Buffer; overlong: boolean }): boolean => {
    const parsed = overlong ? null : parseEventLine(bytes.toString('utf8'), runId);
    if (parsed?.kind === 'event') times.take(parsed.event);
    return false;
  };
  await translating(events, async () => {
    try {
      await scanByteLines(events, { fs: nodeFs, maxLineBytes: MAX_LINE_BYTES, onLine });
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  });
  return times.seconds;
}
