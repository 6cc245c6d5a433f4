import { commandContext } from '../../../fakes/commandContext.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/node/commands/review.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { lines, openStore, writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

async function edit(rows: readonly unknown[]) {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('q', 3, 1), dev: sums('d', 2, 50) });
  const file = join(root, 'decisions.jsonl');
  await writeFile(file, lines(rows));
  const context = commandContext(root);
  const result = decide(context, 'edit', { names: [file], round: 0 });
  return { result, decided: () => openStore(root).store.decisions(0) };
}

describe('decide edit', () => {
  it('refuses a gold that is no number, and applies nothing of the file', async () => {
    const { result, decided } = await edit([
      { questionId: 'q-0', gold: '7', reason: 'counted again' },
      { questionId: 'q-1', gold: 'a dozen', reason: 'as the book says' },
    ]);
    await expect(result).rejects.toMatchObject({
      code: 'data.invalid',
      message: expect.stringMatching(/line 2 .*"a dozen" is not one number/u),
    });
    expect(await decided()).toEqual([]);
  });

  it('keeps a written rationale in the form that is taught', async () => {
    const { result, decided } = await edit([
      { questionId: 'q-0', rationale: '  1 + 1 = 2\r\n\r\nAnswer: 2\r\n' },
    ]);
    await result;
    expect(await decided()).toMatchObject([{ type: 'write', rationale: '1 + 1 = 2\nAnswer: 2' }]);
  });

  it('refuses a rationale of white space', async () => {
    const { result } = await edit([{ questionId: 'q-0', rationale: ' \n ' }]);
    await expect(result).rejects.toMatchObject({
      code: 'data.invalid',
      message: expect.stringContaining('its rationale is empty'),
    });
  });
});
