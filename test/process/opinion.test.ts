import { join } from 'node:path';
import { expect, it } from 'vitest';
import { opinionSchema } from '../../src/core/teaching/records.ts';
import { openJournal } from '../../src/node/storage/journal.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { writeReviewProject } from '../fakes/reviewData.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { recordsIn } from './practiceLoop.ts';
import { onlyJson, tailor } from './tailor.ts';

const COUNT = 20;

it('second opinions in the terminal: estimated, asked once, told by status, heeded by the gate’s rule', async () => {
  const root = await temporaryFolder();
  await writeReviewProject(root, COUNT);
  const run = async (...args: string[]) => {
    const done = await tailor([...args, '--quiet'], root);
    expect(done.code, done.err).toBe(0);
    return done;
  };
  const open = COUNT - COUNT / 10;

  const estimate = await run('opinion', '--estimate');
  expect(estimate.out).toContain(`${open} rationales:`);
  const teacher = join(root, 'rounds', '0', 'teacher');
  expect(recordsIn(teacher, 'opinions.')).toEqual([]);

  const asked = await run('opinion', '--json');
  expect(onlyJson(asked)).toMatchObject({
    round: 0,
    opinions: { profile: 'programmatic', programmatic: true, scored: open, failed: 0, known: 0 },
    summary: { scored: open, mean: 5, disagreements: 0, programmatic: true },
    // The estimate's calls are not made again.
    spending: { requests: open },
  });
  const opinions = recordsIn(teacher, 'opinions.');
  expect(opinions).toHaveLength(open);

  expect(JSON.stringify(opinions)).not.toContain('annotate');

  // What another teacher says of the same text, from another computer.
  const [first] = opinions;
  const journal = await openJournal(join(teacher, 'opinions.other-1.jsonl'), {
    schema: opinionSchema,
    writer: 'other-1',
    clock: systemClock,
  });
  const { key: _, profile: __, ...same } = opinionSchema.parse(first);
  await journal.append({
    ...same,
    key: 'f'.repeat(64),
    profile: 'other',
    programmatic: false,
    score: 3,
  });
  await journal.close();

  const status = await run('status');
  expect(status.out).toContain(
    `Second opinions in round 0: ${open} rationales scored, mean 4.9 of 5. 1 disagreement: no rule`,
  );
  const accepted = await run('decide', 'accept', '--rule', 'gate-accept');
  expect(accepted.out).toContain(`${open - 1} items accepted`);
  expect(accepted.out).toContain('1 item left to a person');
  const report = await run('report', '--format', 'markdown');
  expect(report.out).toContain('Second opinions');
  expect(report.out).toMatch(
    new RegExp(`\\| ${open} +\\| 4\\.9 +\\| 1 +\\| 0 +\\| ${open} +\\|`, 'u'),
  );
  // It waits, undecided, and has its score already.
  expect(onlyJson(await run('opinion', '--json'))).toMatchObject({
    opinions: { scored: 0, known: 1 },
    spending: { requests: open },
  });

  // One that comes after the rule's yes stops nothing, and is said where the set is made.
  const late = opinionSchema.parse(opinions[1]);
  const more = await openJournal(join(teacher, 'opinions.other-2.jsonl'), {
    schema: opinionSchema,
    writer: 'other-2',
    clock: systemClock,
  });
  await more.append({ ...late, key: 'e'.repeat(64), profile: 'other', score: 1 });
  await more.close();
  const said = '1 rationale that a rule accepted has a second opinion against it.';
  expect((await run('freeze', '--preview')).out).toContain(said);
  expect((await run('status')).out).toContain(
    '1 disagreement: no rule accepts it, a person decides. 1 disagreement about what a rule had accepted: it stays accepted until a person decides.',
  );
  await run('decide', 'reject', String(first?.['itemId']));
  expect((await run('status')).out).toContain('1 disagreement was settled by a person.');
  expect((await run('freeze')).out).toContain(said);
});
