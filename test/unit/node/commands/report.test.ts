import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { report } from '../../../../src/node/commands/report.ts';
import { runConfigSchema } from '../../../../src/core/training/run.ts';
import { dashboardStateSchema } from '../../../../src/shared/dashboardContract.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

describe('the report as JSON', () => {
  it('has the training that the other formats show, and what each run was trained with', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    const { json } = await report(commandContext(root), { format: 'markdown' });
    const { training } = dashboardStateSchema.parse(json);
    expect(training).toMatchObject({ state: 'done', round: 0 });
    const written = await readFile(
      join(root, 'rounds/0/runs', training?.runId ?? '', 'run.json'),
      'utf8',
    );
    const { objective, mode } = runConfigSchema.parse(JSON.parse(written));
    expect(training?.runs.map(({ settings }) => settings)).toEqual([
      expect.objectContaining({ mode, pair: objective.pair }),
    ]);
  });
});

describe('a report that is stopped', () => {
  it('writes nothing, whenever it is stopped', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    const folder = await temporaryFolder();
    const output = join(folder, 'report.html');
    const stopped = { ...commandContext(root), signal: AbortSignal.abort() };
    await expect(report(stopped, { format: 'html', output })).rejects.toMatchObject({
      code: 'cancelled',
    });
    const controller = new AbortController();
    const context = { ...commandContext(root), signal: controller.signal };
    const going = report(context, { format: 'html', output });
    setImmediate(() => controller.abort());
    await expect(going).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
    await report(commandContext(root), { format: 'html', output });
    expect(await readdir(folder)).toEqual(['report.html']);
  });
});
