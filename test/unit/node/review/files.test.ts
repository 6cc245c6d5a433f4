import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { attemptSchema } from '../../../../src/core/exam/attempt.ts';
import { openRound, reduceRound } from '../../../../src/core/round/state.ts';
import { itemSchema } from '../../../../src/core/teaching/records.ts';
import { openJournal } from '../../../../src/node/storage/journal.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { lines, writeProject } from '../../../fakes/projectFolder.ts';
import { aCandidate } from '../../../fakes/reviewMaterial.ts';
import { openWindow, OUTSIDE, reviewOf } from '../../../fakes/reviewWindow.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const question = (id: string): Question => ({
  id,
  question: `${id}: how many is 1 + 1?`,
  answer: '2',
});
const FIRST = 'a'.repeat(64);

async function anExam(root: string, fingerprint = FIRST, writer = 'exam-1', round = 0) {
  const path = join(root, 'rounds', String(round), 'exam', `train.${writer}.jsonl`);
  const journal = await openJournal(path, { schema: attemptSchema, writer, clock: systemClock });
  return {
    answer: (questionId: string, sample: number, answer: string) =>
      journal.append({
        type: 'attempt',
        set: 'train',
        questionId,
        sample,
        fingerprint,
        text: ` 1 + 1 = ${answer}\nAnswer: ${answer}`,
        ids: [1, 2],
        finish: 'stop',
        minMargin: null,
      }),
    close: () => journal.close(),
  };
}

async function emptyProject(): Promise<string> {
  const root = await temporaryFolder();
  await writeProject(root, {
    train: ['q-1', 'q-2', 'q-3'].map(question),
    dev: [{ id: 'd', question: 'What is 2 + 2?', answer: '4' }],
  });
  return root;
}

describe('the files behind Review', () => {
  it('has a phase and a next step for a project without student, exam or file', async () => {
    const root = await emptyProject();
    const window = await openWindow(root);
    await window.service.ready();
    expect(window.service.snapshot()).toMatchObject({ phase: 'no-student', writable: false });
    await rename(join(root, 'tailor.json'), join(root, 'gone.json'));
    await window.service.refresh();
    expect(window.service.snapshot()).toMatchObject({
      phase: 'no-project',
      primary: { verb: 'create-project' },
    });
    await writeFile(join(root, 'tailor.json'), '{"v":1,');
    await window.service.refresh();
    expect(window.service.snapshot()).toMatchObject({
      phase: 'failed',
      primary: { verb: 'reload' },
    });
    await rename(join(root, 'gone.json'), join(root, 'tailor.json'));
    await window.ask('run', { verb: 'reload' });
    expect(window.service.snapshot().phase).toBe('no-student');
  });

  it('shows the mistakes of an exam while another process sits it, reading only what is new', async () => {
    const root = await emptyProject();
    const window = await openWindow(root);
    await window.service.ready();
    const exam = await anExam(root);
    await exam.answer('q-1', 0, '3');
    await window.service.refresh();
    expect(await window.query()).toEqual(['q-1']);
    expect(window.service.snapshot().phase).toBe('ready');

    await exam.answer('q-2', 0, '2');
    await exam.answer('q-1', 1, '3');
    await exam.answer('q-3', 0, '5');
    await window.service.refresh();
    expect(await window.query()).toEqual(['q-1', 'q-3']);
    expect((await window.ask('record', { id: 'q-1' })).row).toMatchObject({ right: 0, samples: 2 });
    const { job } = window.service.snapshot();
    expect(job).toMatchObject({ done: 4, total: 12 });
    for (const id of ['q-1', 'q-2', 'q-3']) {
      for (const sample of [0, 1, 2, 3]) await exam.answer(id, sample, '3');
    }
    await exam.close();
    // With the last answer it is over, whatever else the other process goes on with.
    await window.service.refresh();
    expect(window.service.snapshot().job).toBeNull();
  });

  it('counts a gold that was fixed for the earlier exams, too', async () => {
    const root = await emptyProject();
    for (const round of [0, 1]) {
      const exam = await anExam(root, FIRST, 'exam-1', round);
      await exam.answer('q-1', 0, '3');
      await exam.answer('q-2', 0, '5');
      await exam.close();
      const finished = { set: 'train', fingerprint: FIRST, questions: 3, samples: 1 };
      const state = reduceRound(openRound(round, { path: 'models/base', digest: FIRST }), {
        type: 'exam-finished',
        ...finished,
      });
      await writeFile(join(root, 'rounds', String(round), 'round.json'), lines([state]));
    }
    const window = await openWindow(root);
    expect((await window.ask('record', { id: 'q-1' })).row.misses).toBe(2);
    await window.service.ready();
    const act = { type: 'fix-gold' as const, answer: '3', reason: 'the book says so' };
    await window.ask('decide', { id: 'q-1', act, round: null, seen: null });
    await window.service.refresh();
    const record = await window.ask('record', { id: 'q-1' });
    expect(record.row).toMatchObject({ misses: 0, right: 1 });
    await window.ask('undo', { round: null });
    await window.service.refresh();
    expect((await window.ask('record', { id: 'q-1' })).row.misses).toBe(2);
    expect((await window.ask('record', { id: 'q-2' })).row.misses).toBe(2);
  });

  it('flags a question without a rationale once the teacher has written any', async () => {
    const root = await emptyProject();
    const exam = await anExam(root);
    await exam.answer('q-1', 0, '3');
    await exam.answer('q-2', 0, '3');
    const window = await openWindow(root);
    const flags = async (id: string) => (await window.ask('record', { id })).row.flags;
    expect([await flags('q-1'), await flags('q-2')]).toEqual([[], []]);
    expect(window.service.snapshot().counts.flagged).toBe(0);
    const path = join(root, 'rounds', '0', 'teacher', 'items.teach-1.jsonl');
    const items = await openJournal(path, {
      schema: itemSchema,
      writer: 'teach-1',
      clock: systemClock,
    });
    await items.append(aCandidate(question('q-1'), '1 + 1 = 2.\nAnswer: 2'));
    await window.service.refresh();
    expect([await flags('q-1'), await flags('q-2')]).toEqual([[], ['no-candidate']]);
    expect(window.service.snapshot().counts.flagged).toBe(1);
    await items.close();
    await exam.close();
  });

  it('begins afresh when an exam is sat anew with another fingerprint', async () => {
    const root = await emptyProject();
    const exam = await anExam(root);
    await exam.answer('q-1', 0, '3');
    const window = await openWindow(root);
    expect(await window.query()).toEqual(['q-1']);
    const again = await anExam(root, 'b'.repeat(64), 'exam-2');
    await again.answer('q-2', 0, '7');
    await window.service.refresh();
    expect(await window.query()).toEqual(['q-2']);
    await exam.close();
    await again.close();
  });

  it('fault: file replaced or truncated while open: read again, and decisions rejoin by id and text', async () => {
    const window = await reviewOf(20);
    const path = join(window.root, 'rounds', '0', 'decisions', 'bench-1.jsonl');
    await window.service.ready();
    expect(window.service.snapshot().counts.accepted).toBe(2);
    const [first = ''] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${first}\n`);
    await window.service.refresh();
    const snapshot = window.service.snapshot();
    expect(snapshot.counts.accepted).toBe(1);
    expect(snapshot.banners.find(({ code }) => code === 'changed-on-disk')?.message).toContain(
      'bench-1.jsonl',
    );
    await window.ask('run', { verb: 'reload' });
    expect(window.service.snapshot().banners.map(({ code }) => code)).not.toContain(
      'changed-on-disk',
    );
  });

  it('counts decisions whose question is gone, and keeps them', async () => {
    const window = await reviewOf(20);
    await window.service.ready();
    const path = join(window.root, 'data', 'train.jsonl');
    const rows = (await readFile(path, 'utf8')).split('\n').slice(1);
    await writeFile(path, rows.join('\n'));
    await window.service.refresh();
    const banner = window.service.snapshot().banners.find(({ code }) => code === 'orphans');
    expect(banner?.message).toMatch(/^1 decision/u);
    await expect(window.ask('rows', { from: 0, to: 5 })).rejects.toMatchObject({ code: 'STALE' });
  });

  it('lets no edit stand for another wording of its question, and says for which it was', async () => {
    const window = await reviewOf(20);
    const id = 'bench-000005';
    const before = await window.ask('record', { id });
    const [candidate] = before.candidates;
    if (!candidate) throw new Error('no candidate');
    const rationale = `First of all. ${candidate.rationale}`;
    await window.ask('decide', {
      id,
      act: { type: 'edit', candidate: candidate.id, rationale },
      round: null,
      seen: null,
    });
    expect((await window.ask('record', { id })).row.status).toBe('edited');

    const path = join(window.root, 'data', 'train.jsonl');
    const rows = (await readFile(path, 'utf8')).split('\n');
    const reworded = rows.map((row) =>
      row.includes(id) ? row.replace('How many', 'Now, how many') : row,
    );
    await writeFile(path, reworded.join('\n'));
    await window.service.refresh();
    const after = await window.ask('record', { id });
    expect(after.question).toContain('Now, how many');
    expect(after.row.status).toBe('todo');
    expect(after.candidates[0]?.rationale).toBe(candidate.rationale);
    expect(after.log[0]?.what).toContain('an older wording of the question');
    expect(window.service.snapshot().banners.map(({ code }) => code)).toContain('orphans');
  });

  it('says which line could not be read and loads the rest', async () => {
    const root = await emptyProject();
    const exam = await anExam(root);
    await exam.answer('q-1', 0, '3');
    await exam.close();
    const path = join(root, 'rounds', '0', 'exam', 'train.exam-1.jsonl');
    await writeFile(path, `${await readFile(path, 'utf8')}not json\n`);
    const window = await openWindow(root);
    expect(await window.query()).toEqual(['q-1']);
    const banner = window.service.snapshot().banners.find(({ code }) => code === 'file-error');
    expect(banner?.message).toMatch(/^Line 2 of train\.exam-1\.jsonl is not valid JSON/u);
  });

  it('shows Restricted Mode, a missing key, a pause and a job as they are outside', async () => {
    const window = await reviewOf(20);
    await window.service.ready();
    window.service.setOutside({
      ...OUTSIDE,
      trusted: false,
      paced: 'Rate limited, resumes 14:32',
      job: { running: 'exam', stage: 'exam train', done: 1, total: 2, etaMs: null, note: null },
    });
    const { banners, job, canAsk, writable } = window.service.snapshot();
    expect(banners.map(({ code }) => code)).toEqual(['untrusted', 'paced', 'programmatic']);
    // Nothing is offered there that only a trusted workspace can do.
    expect(banners.flatMap(({ action }) => action?.verb ?? [])).toEqual(['manage-trust']);
    expect(job?.stage).toBe('exam train');
    expect(canAsk).toBe(false);
    // Reading and deciding need no trust.
    expect(writable).toBe(true);
  });

  it('keeps saved filters over a restart, each name once', async () => {
    const window = await reviewOf(20);
    const filter = { ...(await import('../../../../src/shared/reviewQueue.ts')).NO_FILTER };
    await window.ask('saveFilter', { name: 'Mine', filter });
    await window.ask('saveFilter', { name: 'Mine', filter: { ...filter, misses: 2 } });
    const again = await openWindow(window.root);
    expect(again.service.snapshot().savedFilters).toEqual([
      { name: 'Mine', filter: { ...filter, misses: 2 } },
    ]);
    await again.ask('saveFilter', { name: 'Mine', filter: null });
    expect(again.service.snapshot().savedFilters).toEqual([]);
    await writeFile(join(window.root, '.tailor', 'review.json'), lines([{ v: 9 }]));
    expect((await openWindow(window.root)).service.snapshot().savedFilters).toEqual([]);
  });
});
