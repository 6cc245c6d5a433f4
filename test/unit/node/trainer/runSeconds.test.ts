import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runSeconds } from '../../../../src/node/trainer/runSeconds.ts';
import { lines } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { record, RUN_ID } from '../../../fakes/trainerRecords.ts';

it('sums what the attempts of a run took, from each first record to its last, whoever else wrote into the file', async () => {
  const folder = join(await temporaryFolder(), 'run');
  await mkdir(folder);
  expect(await runSeconds(folder, RUN_ID)).toBe(0);
  const at = (attempt: number, t: string, type: 'hello' | 'heartbeat' | 'done') =>
    record(type, { attempt, t: `2026-01-01T${t}Z` });
  await appendFile(
    join(folder, 'events.jsonl'),
    lines([
      at(1, '10:00:00.000', 'hello'),
      at(1, '10:00:30.500', 'heartbeat'),
      // Killed; resumed the next hour.
      at(2, '11:00:00.000', 'hello'),
      { ...at(2, '12:00:00.000', 'heartbeat'), runId: 'r0-other' },
      at(2, '11:00:09.500', 'done'),
    ]),
  );
  await appendFile(join(folder, 'events.jsonl'), '{"v":1,"half');
  expect(await runSeconds(folder, RUN_ID)).toBe(40);
});
