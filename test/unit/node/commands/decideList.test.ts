import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../../src/node/commands/context.ts';
import { decide } from '../../../../src/node/commands/review.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';
import { silentLog, sums } from '../../../fakes/loopFakes.ts';
import { openStore, writeProject } from '../../../fakes/projectFolder.ts';
import { aCandidate } from '../../../fakes/reviewMaterial.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const [question] = sums('q', 1, 1);

/** A project in whose round 0 the teacher has written one rationale. */
async function taught() {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('q', 3, 1), dev: sums('d', 2, 50) });
  if (!question) throw new Error('no question');
  const item = aCandidate(question, '1 + 2 = 3.\nAnswer: 3');
  const { store } = openStore(root);
  const writer = await store.openTeaching(0);
  await writer.append(item);
  await writer.close();
  await store.close();
  const context: CommandContext = {
    assets: { installation: root, engine: '', bridge: '', media: '' },
    clock: fakeClock(),
    log: silentLog,
    report: () => undefined,
    signal: new AbortController().signal,
    environment: {},
    options: { folder: root },
  };
  return { context, item, decided: () => openStore(root).store.decisions(0) };
}

describe('decide', () => {
  it('lists each candidate with its own words in one line', async () => {
    const { context, item } = await taught();
    const { text } = await decide(context, 'list', { names: [], round: 0 });
    expect(text.split('\n')).toEqual([
      'Round 0: 0 accepted, 0 rejected, 1 open.',
      'item, status, question, gate, rationale',
      `${item.itemId.slice(0, 12)}  open      q-0  passed  1 + 2 = 3. / Answer: 3`,
    ]);
  });

  it('rejects one by its shortened id, and says what it did', async () => {
    const { context, item, decided } = await taught();
    const names = [item.itemId.slice(0, 8)];
    const { text } = await decide(context, 'reject', { names, round: 0, reason: 'clumsy' });
    expect(text).toBe('1 item rejected.');
    expect(await decided()).toMatchObject([{ type: 'reject', reason: 'clumsy' }]);
    const after = await decide(context, 'list', { names: [], round: 0 });
    expect(after.text).toContain('0 accepted, 1 rejected, 0 open');
  });
});
