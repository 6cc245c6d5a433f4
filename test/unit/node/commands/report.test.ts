import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { report } from '../../../../src/node/commands/report.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

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
