import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { carve, shareOf } from '../../../../src/core/dataset/splits.ts';
import { ImportCollector } from '../../../../src/core/dataset/importers.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { QuestionSpool } from '../../../../src/node/imports/questionSpool.ts';

const questions = Array.from({ length: 3000 }, (_, at): Question => ({
  id: `q${at}`,
  // Longer than a piece that is read at once, now and then, and of more bytes than characters.
  question: `Wie viele Äpfel sind ${at} und 1? ${at % 1000 === 7 ? 'ß€😀'.repeat(9000) : ''}`,
  answer: String(at + 1),
  ...(at % 3 === 0 ? { rationale: 'Eins mehr.\nAnswer: x' } : {}),
}));

async function spooled(seed: number | null): Promise<QuestionSpool> {
  const spool = await QuestionSpool.open(await temporaryFolder(), seed);
  onTestFinished(() => spool.close().catch(() => undefined));
  for (const question of questions) spool.add(question);
  return spool;
}

async function read(lines: AsyncIterable<Buffer>): Promise<Question[]> {
  const pieces: Buffer[] = [];
  for await (const piece of lines) pieces.push(piece);
  const text = Buffer.concat(pieces).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Question);
}

describe('questions that wait on the disk', () => {
  it('come back as they were and in their order, as often as they are asked for', async () => {
    const spool = await spooled(null);
    expect(spool.count).toBe(3000);
    expect(spool.having).toEqual({ equation: 0, rationale: 1000 });
    expect(spool.places).toHaveLength(0);
    expect(await read(spool.lines(() => true))).toEqual(questions);
    expect(await read(spool.lines((at) => at % 2 === 1))).toEqual(
      questions.filter((_, at) => at % 2 === 1),
    );
    expect(await read(spool.lines(() => false))).toEqual([]);
  });

  it.each([{ share: 0.1 }, { count: 17 }])('are split as if all were held: %j', async (dev) => {
    const spool = await spooled(5);
    const share = shareOf(spool.places, dev);
    const whole = carve(questions, { dev, seed: 5 });
    expect(share).toBe(whole.share);
    const isDev = (at: number): boolean => (spool.places[at] ?? 1) < share;
    expect(await read(spool.lines(isDev))).toEqual(whole.dev);
    expect(await read(spool.lines((at) => !isDev(at)))).toEqual(whole.train);
  });

  it('leave nothing behind, and sweep what an import that was killed long ago left', async () => {
    const place = join(await temporaryFolder(), '.tailor');
    for (const [name, age] of [
      ['import-old', 100_000],
      ['import-new', 10],
      ['locks', 100_000],
    ] as const) {
      await mkdir(join(place, name), { recursive: true });
      const at = Date.now() / 1000 - age;
      await utimes(join(place, name), at, at);
    }
    const spool = await QuestionSpool.open(place, null);
    expect((await readdir(place)).length).toBe(3);
    expect(await readdir(place)).not.toContain('import-old');
    await spool.close();
    expect((await readdir(place)).sort()).toEqual(['import-new', 'locks']);
    const fresh = join(await temporaryFolder(), 'p');
    await mkdir(fresh);
    await (await QuestionSpool.open(join(fresh, '.tailor'), null)).close();
    expect(await readdir(fresh)).toEqual([]);
  });
});

describe('a collector that hands questions over', () => {
  it('holds none, and counts, leaves out and names what repeats as one that keeps them', () => {
    const format = {
      kind: 'mapped',
      mapping: { question: 'question', answer: 'answer', id: 'id' },
    } as const;
    const rows = [
      { id: 'a', question: 'One and one?', answer: '2' },
      { id: 'a', question: 'One and two?', answer: '3' },
      { id: 'b', question: 'one  and one?', answer: '4' },
      { id: 'c', question: 'Three?', answer: 'x y z' },
      { id: 'd', question: 'Two and two?', answer: '4' },
    ];
    const taken: Question[] = [];
    const streaming = new ImportCollector((question) => taken.push(question));
    const keeping = new ImportCollector();
    for (const [at, row] of rows.entries()) {
      for (const one of [streaming, keeping]) one.add(format, row, { line: at + 1 });
    }
    const { questions: none, ...said } = streaming.result();
    const { questions: kept, ...same } = keeping.result();
    expect(none).toEqual([]);
    expect(taken).toEqual(kept);
    expect(said).toEqual(same);
    expect(said.counts).toMatchObject({ read: 5, kept: taken.length });
    expect(
      said.duplicates.map(({ same: by, firstLine, sameAnswer }) => [by, firstLine, sameAnswer]),
    ).toEqual([
      ['id', 1, false],
      ['text', 1, false],
    ]);
  });
});
