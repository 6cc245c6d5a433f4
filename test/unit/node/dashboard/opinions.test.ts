import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decisionSchema, type Decision } from '../../../../src/core/curation/decision.ts';
import { writtenId } from '../../../../src/core/curation/curation.ts';
import { nameOfWording } from '../../../../src/core/curation/questionText.ts';
import { questionSchema } from '../../../../src/core/dataset/question.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import {
  itemSchema,
  opinionSchema,
  type Opinion,
  type TeachingItem,
} from '../../../../src/core/teaching/records.ts';
import { status } from '../../../../src/node/commands/status.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import { systemClock as clock } from '../../../../src/node/storage/systemClock.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { openView } from '../../../fakes/reportTexts.ts';
import { writeReviewProject } from '../../../fakes/reviewData.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const ben = { kind: 'person', name: 'ben' } as const;

it('the report counts second opinions as status does: written and edited texts, duplicates, settled ones', async () => {
  const root = await temporaryFolder();
  await writeReviewProject(root, 10);
  const folder = join(root, 'rounds', '0');
  const rows = async (path: string): Promise<unknown[]> =>
    (await readFile(join(root, path), 'utf8'))
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  const questions = (await rows('data/train.jsonl')).map((row) => questionSchema.parse(row));
  const items = (await rows('rounds/0/teacher/items.bench-1.jsonl')).map((row) =>
    itemSchema.parse(row),
  );
  const textOf = (at: number, more: string): string =>
    (items[at]?.rationale ?? '').replace('in all', `in all (${more})`);

  const duplicate: TeachingItem[] = items.slice(3, 4).map((item) => ({
    ...item,
    key: sha256Text('twice'),
    itemId: 'twice',
    rationale: textOf(3, 'once more'),
    accepted: false,
    reasons: ['duplicate'],
  }));
  const refused: TeachingItem[] = items.slice(4, 5).map((item) => ({
    ...item,
    key: sha256Text('refused'),
    itemId: 'refused',
    rationale: 'No.',
    accepted: false,
    reasons: ['no-final-line'],
  }));
  const fixed = items[4]?.questionId ?? '';
  const written = items[5]?.questionId ?? '';
  const decisions: Decision[] = [
    { type: 'edit', author: ben, questionId: fixed, itemId: 'refused', rationale: textOf(4, 'x') },
    { type: 'write', author: ben, questionId: written, rationale: textOf(5, 'y') },
  ];
  const about = (at: number, itemId: string, text: string): Opinion => {
    const question = questions[at];
    if (!question) throw new Error('no question');
    return {
      type: 'opinion',
      key: sha256Text(itemId),
      questionId: question.id,
      purpose: 'review',
      draw: 0,
      itemId,
      textHash: sha256Text(text),
      asked: nameOfWording(question),
      gold: question.answer,
      profile: 'second',
      programmatic: false,
      templateId: 'review-1',
      templateHash: 'h',
      score: 2,
      reason: 'Step 2 is not so.',
    };
  };
  const opinions = [
    about(3, 'twice', textOf(3, 'once more')),
    about(4, 'refused', textOf(4, 'x')),
    about(5, writtenId(written, textOf(5, 'y')), textOf(5, 'y')),
    about(6, items[6]?.itemId ?? '', items[6]?.rationale ?? ''),
  ];
  const open = { writer: 'pcb-1', clock };
  const more = await openJournal(join(folder, 'teacher', 'items.pcb-1.jsonl'), {
    schema: itemSchema,
    ...open,
  });
  for (const item of [...duplicate, ...refused]) await more.append(item);
  await more.close();
  const said = await openJournal(join(folder, 'teacher', 'opinions.pcb-1.jsonl'), {
    schema: opinionSchema,
    ...open,
  });
  for (const one of opinions) await said.append(one);
  await said.close();
  const book = await openJournal(join(folder, 'decisions', 'pcb-1.jsonl'), {
    schema: decisionSchema,
    ...open,
  });
  for (const decision of decisions) await book.append(decision);

  const view = await openView(root);
  const compare = async () => {
    const told = await status(commandContext(root));
    const found = view.snapshot().rounds[0]?.opinions;
    expect(told.json).toMatchObject({
      opinions: [
        {
          round: 0,
          scored: found?.scored,
          mean: found?.mean,
          disagreements: found?.apart,
          settled: found?.settled,
        },
      ],
    });
    return { found, text: String(told.text) };
  };
  const first = await compare();
  expect(first.found).toMatchObject({ scored: 4, mean: 2, apart: 2, settled: 2, calls: 0 });
  expect(first.text).toContain(
    '2 disagreements: no rule accepts these, a person decides. 2 disagreements were settled by a person.',
  );

  const target = { questionId: questions[6]?.id ?? '', itemId: items[6]?.itemId ?? '' };
  await book.append({ type: 'reject', author: ben, items: [target] });
  await book.append({
    type: 'accept',
    author: { kind: 'rule', name: 'gate-accept' },
    items: [{ questionId: questions[3]?.id ?? '', itemId: 'twice' }],
  });
  await book.close();
  await view.look();
  const then = await compare();
  expect(then.found).toMatchObject({ scored: 4, apart: 1, settled: 3 });
  expect(then.text).toContain(
    '1 disagreement about what a rule had accepted: it stays accepted until a person decides. 3 disagreements were settled by a person.',
  );
  expect(then.text).not.toContain('no rule accepts');
});
