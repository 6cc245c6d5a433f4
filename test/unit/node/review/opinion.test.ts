import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { opinionSchema, type Opinion } from '../../../../src/core/teaching/records.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import { systemClock as clock } from '../../../../src/node/storage/systemClock.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import { NO_FILTER } from '../../../../src/shared/reviewQueue.ts';
import { openWindow, reviewOf, type ReviewWindow } from '../../../fakes/reviewWindow.ts';

const id = (index: number): string => `bench-${String(index).padStart(6, '0')}`;
const all = { ids: null, candidate: null, teacher: null, round: null };

/** Gives a question's rationale a score as another window would: through a file. */
async function scoreOf(window: ReviewWindow, index: number, score: number): Promise<void> {
  const { row, candidates, question, gold } = await window.ask('record', { id: id(index) });
  const [candidate] = candidates;
  const text = candidate?.rationale ?? '';
  const opinion: Opinion = {
    type: 'opinion',
    key: sha256Text(`${index} ${score}`),
    questionId: row.id,
    purpose: 'review',
    draw: 0,
    itemId: candidate?.id ?? '',
    textHash: sha256Text(text),
    asked: sha256Text(question).slice(0, 16),
    gold,
    profile: 'second',
    programmatic: false,
    templateId: 'review-1',
    templateHash: 'h',
    score,
    reason: 'Step 2 is not so.',
  };
  const path = join(window.root, 'rounds', '0', 'teacher', `opinions.other-${index}.jsonl`);
  const journal = await openJournal(path, { schema: opinionSchema, writer: 'other', clock });
  await journal.append(opinion);
  await journal.close();
  await window.service.refresh();
}

describe('second opinions in Review', () => {
  it('are asked for what is listed and not rejected, through the round’s journals, once', async () => {
    const window = await reviewOf(20);
    await window.query();
    const first = await window.ask('opinion', all);
    expect(first).toMatchObject({ scored: 20, failed: 0, known: 0, own: 0 });
    const files = await readdir(join(window.root, 'rounds', '0', 'teacher'));
    expect(files.filter((name) => name.startsWith('opinions.'))).toHaveLength(1);
    const [ledger = ''] = files.filter((name) => !/^(?:opinions|items)\./u.test(name));
    const lines = (await readFile(join(window.root, 'rounds', '0', 'teacher', ledger), 'utf8'))
      .trim()
      .split('\n')
      // SAFETY: the journal's own lines.
      .map((line) => JSON.parse(line) as { type: string; purpose: string });
    expect(lines.filter(({ type }) => type === 'intent')).toHaveLength(20);
    expect(new Set(lines.map(({ purpose }) => purpose))).toEqual(new Set(['review']));

    const record = await window.ask('record', { id: id(7) });
    expect(record.candidates[0]?.opinions).toMatchObject([
      { by: 'programmatic', programmatic: true, score: 5 },
    ]);
    // Nothing is decided by it, and it is not asked for again.
    expect(record.row).toMatchObject({ status: 'todo', flags: [] });
    expect(await window.ask('opinion', all)).toMatchObject({ scored: 0, known: 20 });
    // Of one rationale it is asked again, with another draw.
    const one = { ...all, ids: [id(7)], candidate: record.candidates[0]?.id ?? '' };
    expect(await window.ask('opinion', one)).toMatchObject({ scored: 1 });
    const again = await window.ask('record', { id: id(7) });
    expect(again.candidates[0]?.opinions).toHaveLength(2);
  });

  it('a low one comes to the top, and neither bulk nor spot check accepts it', async () => {
    const window = await reviewOf(50);
    await scoreOf(window, 30, 2);
    const filter = { ...NO_FILTER, status: ['todo' as const] };
    const { rows } = await window.ask('query', { filter, sort: 'flagged-first', near: null });
    expect(rows[0]).toMatchObject({ id: id(30), flags: ['second-opinion'] });

    await window.query({ status: ['todo'] });
    await window.ask('spotCheck', { size: 10, round: null });
    expect(window.service.snapshot().spotCheck?.population).toBe(44);
    const drawn = await window.query({ status: ['todo'] });
    expect(drawn).not.toContain(id(30));
    // One more comes while the sample is looked at: the rest is without it.
    const { remaining = 0 } = window.service.snapshot().spotCheck ?? {};
    const other = [31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41].find(
      (index) => !drawn.includes(id(index)),
    );
    await scoreOf(window, other ?? 0, 1);
    expect(window.service.snapshot().spotCheck?.remaining).toBe(remaining - 1);
    await window.ask('spotCheck', { size: 0, round: null });

    await window.query({ status: ['todo'] });
    const request = { act: 'accept' as const, ids: null, expected: 45, round: null };
    expect((await window.ask('bulk', request)).changed).toBe(43);
    expect(await window.query({ status: ['todo'] })).toEqual([id(30), id(other ?? 0)].sort());
    // A person decides on it by itself.
    const act = { type: 'accept' as const };
    await window.ask('decide', { id: id(30), act, round: null, seen: null });
    expect(window.service.opened?.review.index.row(id(30))).toMatchObject({
      status: 'accepted',
      flags: [],
    });
  });

  it('are refused before anything leaves where the round’s budget is spent', async () => {
    const window = await reviewOf(10);
    const path = join(window.root, 'tailor.json');
    const file: unknown = JSON.parse(await readFile(path, 'utf8'));
    const teaching = { teaching: { maxRequests: 3 } };
    await writeFile(path, JSON.stringify(Object.assign({}, file, teaching)));
    const limited = await openWindow(window.root);
    await limited.query();
    await expect(limited.ask('opinion', all)).rejects.toMatchObject({ code: 'teacher.budget' });
    await limited.service.refresh();
    const scored = limited.service.opened?.review.index.items.flatMap(({ opinions }) => opinions);
    expect(scored?.length).toBeLessThanOrEqual(3);
    const folder = join(window.root, 'rounds', '0', 'teacher');
    const ledgers = (await readdir(folder)).filter((name) => !/^(?:opinions|items)\./u.test(name));
    const texts = await Promise.all(ledgers.map((name) => readFile(join(folder, name), 'utf8')));
    expect(texts.join('').match(/"type":"intent"/gu)).toHaveLength(3);
  });

  it('are refused in Restricted Mode, and where the rationale is gone', async () => {
    const window = await reviewOf(10);
    await window.query();
    await expect(
      window.ask('opinion', { ...all, ids: [id(1)], candidate: 'gone' }),
    ).rejects.toMatchObject({ code: 'usage' });
    window.service.setOutside({ ...window.service.outside, trusted: false });
    await expect(window.ask('opinion', all)).rejects.toMatchObject({ code: 'trust.required' });
  });
});
