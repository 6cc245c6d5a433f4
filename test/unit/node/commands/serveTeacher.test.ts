import { expect, it } from 'vitest';
import { serveTeacher } from '../../../../src/node/commands/programmaticTeacher.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { reportProject } from '../../../fakes/reportProject.ts';

it('the built-in teacher that is served names its model: a profile cannot be made without', async () => {
  const { root } = await reportProject({ rounds: 1 });
  const said: string[] = [];
  const controller = new AbortController();
  const context = { ...commandContext(root), signal: controller.signal };
  const say = (text: string): void => {
    said.push(text);
    if (text.startsWith('Ctrl-C')) controller.abort();
  };
  await expect(serveTeacher(context, { programmatic: true, say })).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(said).toEqual([
    expect.stringMatching(/^Programmatic teacher .* at http/u),
    'Model: tailor-programmatic-1',
    expect.stringMatching(/^Bearer token/u),
    'Ctrl-C stops it.',
  ]);
});
