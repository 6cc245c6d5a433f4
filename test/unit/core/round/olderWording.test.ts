import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { logOf } from '../../../../src/core/curation/decisionLog.ts';
import { questionNow, textName } from '../../../../src/core/curation/questionText.ts';
import { curationUpTo } from '../../../../src/core/round/curationUpTo.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const ID = 'train-5';
const author = { kind: 'person', name: 'ana' } as const;

/** What a person decides on a question as it reads now, and then the data file gets another wording of it. */
async function reworded(decide: (asked: string, was: string) => readonly Decision[]) {
  const { store } = setUp();
  const find = async () => (await store.questions('train')).find(({ id }) => id === ID)!;
  const before = await find();
  const asked = textName(before, await curationUpTo(store, 0));
  await store.decide(0, decide(asked, before.question));
  const then = await curationUpTo(store, 0);
  store.sets['train'] = (await store.questions('train')).map((one) =>
    one.id === ID ? { ...one, question: `${one.question} Now think twice.` } : one,
  );
  const now = await curationUpTo(store, 0);
  return { then, now, question: await find(), events: await store.decisions(0) };
}

describe('what a person decided for another wording of a question', () => {
  it('does not stand, and says so: edits, texts and fixes', async () => {
    const { then, now, question, events } = await reworded((asked, was) => [
      { type: 'edit', author, questionId: ID, itemId: 'i-1', asked, rationale: 'One. Answer: 1' },
      { type: 'write', author, questionId: ID, asked, rationale: 'Two. Answer: 2' },
      { type: 'fix-gold', author, questionId: ID, asked, was: '1', answer: '2', reason: 'so' },
      { type: 'fix-question', author, questionId: ID, was, text: 'What is it?', reason: 'so' },
    ]);
    expect([then.items.size, then.written.size, then.gold.get(ID)]).toEqual([2, 1, '2']);
    expect(questionNow(question, then).question).toBe('What is it?');
    expect([now.items.size, now.written.size, now.gold.size, now.questions.size]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(now.outdated.size).toBe(4);
    const said = logOf(events, ID, now.outdated).map(({ what }) => what);
    expect(said.every((what) => what.includes('an older wording'))).toBe(true);
    const before = logOf(events, ID, then.outdated).map(({ what }) => what);
    expect(before.some((what) => what.includes('an older wording'))).toBe(false);
  });

  it('stands in files of older versions, which name no wording', async () => {
    const { now } = await reworded(() => [
      { type: 'write', author, questionId: ID, rationale: 'Two. Answer: 2' },
    ]);
    expect(now.written.get(ID)).toHaveLength(1);
  });
});

it('is about the wording that a fix before it gave the question', async () => {
  const { store } = setUp();
  const { question: was } = (await store.questions('train')).find(({ id }) => id === ID)!;
  const fix = {
    type: 'fix-question',
    author,
    questionId: ID,
    was,
    text: 'B',
    reason: 'r',
  } as const;
  await store.decide(0, [fix]);
  const own = (await store.questions('train')).find(({ id }) => id === ID)!;
  const asked = textName(own, await curationUpTo(store, 0));
  await store.decide(0, [
    { type: 'write', author, questionId: ID, asked, rationale: 'For B. Answer: 1' },
    { ...fix, was: 'B', text: 'C' },
  ]);
  const { written, questions, outdated } = await curationUpTo(store, 0);
  expect(written.get(ID)).toHaveLength(1);
  expect(questions.get(ID)).toMatchObject({ text: 'C', original: was });
  expect(outdated.size).toBe(0);
});
