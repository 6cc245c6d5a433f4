import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EXPORT_COLUMNS } from '../../../../src/core/exporting/csvRow.ts';
import { withEntry } from '../../../../src/core/exporting/datasetInfo.ts';
import { EXPORT_NAMES, type ExportFormat } from '../../../../src/core/exporting/formats.ts';
import { exportRow } from '../../../../src/core/exporting/records.ts';
import { stepMarks } from '../../../../src/core/exporting/stepMarks.ts';
import { attemptKey } from '../../../../src/core/curation/curation.ts';
import { CHAT } from '../../../fakes/chat.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import type { FrozenRow } from '../../../../src/core/round/frozen.ts';
import type { TeachingItem } from '../../../../src/core/teaching/records.ts';
import { infoEntry, readCsv, RECORDS } from '../../../fakes/exportChecks.ts';

const positive = { source: 'teacher', round: 0, hinted: false, programmatic: false } as const;
const row: FrozenRow = {
  v: 1,
  id: 'q1',
  prompt: 'Solve.\n\nQuestion: Wie viel? "a", b; ü\nReasoning:',
  gold: '7',
  positives: [
    { id: 'p1', completion: ' 3 + 4 = 7.\nAnswer: 7', ...positive },
    { id: 'p2', completion: ' So: 4 + 3 = 7.\nDone.\nAnswer: 7', ...positive },
  ],
  negatives: [
    { id: 'n1', text: ' 3 + 3 = 6.\n6 + 1 = 8.\nAnswer: 8', round: 0, sample: 0, fingerprint: 'f' },
    { id: 'n2', text: '=9\nAnswer: 9', round: 0, sample: 1, fingerprint: 'f' },
  ],
};
const lone: FrozenRow = { ...row, negatives: [] };
const noMark = (): undefined => undefined;
const marked = (_id: string, { id }: { id: string }): number | undefined =>
  id === 'n1' ? 2 : undefined;
const objects = (format: ExportFormat, of = row): unknown[] =>
  exportRow(format, of, marked).records.map((record): unknown => JSON.parse(record));

describe('a row of a frozen set', () => {
  it('is in every format what the description of that format asks for', () => {
    const counts = EXPORT_NAMES.filter((format) => format !== 'csv').map((format) => {
      const records = objects(format);
      for (const record of records) RECORDS[format].parse(record);
      return [format, records.length];
    });
    expect(Object.fromEntries(counts)).toEqual({
      'trl-sft': 2,
      'trl-messages': 2,
      'trl-preference': 4,
      'trl-preference-implicit': 4,
      'trl-stepwise': 3,
      sharegpt: 2,
      'sharegpt-preference': 4,
      alpaca: 2,
      'alpaca-preference': 4,
      openai: 2,
      'openai-preference': 4,
    });
  });

  it('keeps prompt and texts byte for byte where the format trains on them as they are', () => {
    expect(objects('trl-sft')[0]).toEqual({
      prompt: row.prompt,
      completion: row.positives[0]?.completion,
    });
    expect(objects('trl-preference')[3]).toEqual({
      prompt: row.prompt,
      chosen: row.positives[1]?.completion,
      rejected: '=9\nAnswer: 9',
    });
    expect(objects('trl-preference-implicit')[0]).toEqual({
      chosen: `${row.prompt} 3 + 4 = 7.\nAnswer: 7`,
      rejected: `${row.prompt} 3 + 3 = 6.\n6 + 1 = 8.\nAnswer: 8`,
    });
  });

  it('loses the space before an answer, and nothing else, where the answer is a message', () => {
    expect(objects('openai')[0]).toEqual({
      messages: [
        { role: 'user', content: row.prompt },
        { role: 'assistant', content: '3 + 4 = 7.\nAnswer: 7' },
      ],
    });
    expect(objects('alpaca')[0]).toMatchObject({ output: '3 + 4 = 7.\nAnswer: 7' });
  });

  it('labels steps false from the marked one on, those of right texts true, and joins to the text', () => {
    const [wrong, ...right] = objects('trl-stepwise').map((one) =>
      RECORDS['trl-stepwise'].parse(one),
    );
    expect(wrong?.labels).toEqual([true, false]);
    expect(wrong?.completions.join('\n')).toBe(' 3 + 3 = 6.\n6 + 1 = 8.');
    expect(right.map(({ labels }) => labels)).toEqual([[true], [true, true]]);
  });

  it('says why it gives nothing', () => {
    expect(exportRow('trl-preference', lone, noMark)).toMatchObject({
      records: [],
      left: 'no mistake',
    });
    expect(exportRow('trl-stepwise', lone, marked)).toMatchObject({
      records: [],
      left: 'no mistake',
    });
    expect(exportRow('trl-stepwise', row, noMark)).toMatchObject({ records: [], left: 'no mark' });
    expect(exportRow('trl-stepwise', row, () => 3).records).toEqual([]);
    expect(exportRow('trl-stepwise', row, () => 3).left).toBe('mark beyond the steps');
    expect(exportRow('trl-sft', lone, noMark).records).toHaveLength(2);
  });

  it('is a table in CSV that reads back, and that no spreadsheet computes', () => {
    const { records, guarded } = exportRow('csv', { ...row, gold: '-7' }, noMark);
    const rows = readCsv(records.map((record) => `${record}\r\n`).join(''));
    expect(rows.map((cells) => cells.length)).toEqual(rows.map(() => EXPORT_COLUMNS.length));
    expect(rows[0]?.slice(0, 6)).toEqual([
      'q1',
      row.prompt,
      '-7',
      'positive',
      'p1',
      row.positives[0]?.completion,
    ]);
    expect(rows[3]?.slice(3, 6)).toEqual(['negative', 'n2', "'=9\nAnswer: 9"]);
    expect(guarded).toBe(1);
  });
});

describe('marks of first wrong steps', () => {
  const [first, second] = row.negatives;
  const item = (of: typeof first, step: number, flags: TeachingItem['flags']): TeachingItem => ({
    type: 'item',
    key: 'a'.repeat(64),
    questionId: 'q1',
    purpose: 'feedback',
    draw: 0,
    itemId: 'i',
    rationale: null,
    answer: null,
    firstErrorStep: step,
    errorKind: null,
    why: null,
    about: { sample: of?.sample ?? 0, fingerprint: 'f', textHash: sha256Text(of?.text ?? '') },
    flags,
    accepted: true,
    reasons: [],
  });
  const key = attemptKey({
    questionId: 'q1',
    sample: 0,
    fingerprint: 'f',
    textHash: sha256Text(first?.text ?? ''),
  });
  const nobody = { firstErrors: new Map() };

  it('are the programmatic teacher’s and a person’s, whose word goes before', () => {
    const items = [item(first, 1, ['programmatic']), item(second, 1, [])];
    const person = { firstErrors: new Map([[key, { step: 2, kind: 'arithmetic' }]]) };
    if (!first || !second) throw new Error('two mistakes');
    expect(stepMarks(items, nobody)('q1', first)).toBe(1);
    expect(stepMarks(items, person)('q1', first)).toBe(2);
    // What a language model says is nobody's mark.
    expect(stepMarks(items, nobody)('q1', second)).toBeUndefined();
    expect(stepMarks(items, nobody)('q1', { ...first, text: ' other' })).toBeUndefined();
  });
});

describe('the list of data sets', () => {
  const names = ['sharegpt', 'sharegpt-preference', 'alpaca', 'alpaca-preference'] as const;
  const columnsOf: Readonly<Record<(typeof names)[number], readonly string[]>> = {
    sharegpt: ['conversations'],
    'sharegpt-preference': ['conversations', 'chosen', 'rejected'],
    alpaca: ['instruction', 'input', 'output'],
    'alpaca-preference': ['instruction', 'input', 'chosen', 'rejected'],
  };

  it.each(names)('names %s with the columns that its records have', (format) => {
    const made = withEntry(format, 'mine.json', '{"other":{"file_name":"o.json"}}', false);
    const info = z.record(z.string(), z.unknown()).parse(JSON.parse(made?.text ?? ''));
    expect(info['other']).toEqual({ file_name: 'o.json' });
    const entry = infoEntry.parse(info['mine']);
    expect(entry.file_name).toBe('mine.json');
    expect(Object.values(entry.columns).sort()).toEqual([...columnsOf[format]].sort());
    for (const record of objects(format)) {
      expect(Object.keys(z.record(z.string(), z.unknown()).parse(record)).sort()).toEqual(
        [...columnsOf[format]].sort(),
      );
    }
    expect(entry.ranking ?? false).toBe(format.endsWith('preference'));
    expect(entry.formatting ?? 'alpaca').toBe(format.split('-')[0]);
  });

  it('takes the place of another entry only when that is meant, and of the same one always', () => {
    const other = '{"mine":{"file_name":"x.json"}}';
    expect(() => withEntry('alpaca', 'mine.json', other, false)).toThrow(
      /another entry named "mine"/u,
    );
    expect(withEntry('alpaca', 'mine.json', other, true)?.text).toContain('"mine.json"');
    const again = withEntry('alpaca', 'mine.json', null, false)?.text ?? '';
    expect(withEntry('alpaca', 'mine.json', again, false)?.text).toBe(again);
    expect(() => withEntry('alpaca', 'mine.json', '[1]', true)).toThrow(/no JSON object/u);
    expect(() => withEntry('alpaca', 'mine.json', '{', true)).toThrow(/no JSON object/u);
    expect(withEntry('openai', 'mine.jsonl', null, false)).toBeNull();
  });

  it('stands in the chat template where its texts are joined as they are, and is bare for a trainer that has it', () => {
    const chatty = {
      ...lone,
      prompt: 'Q?',
      positives: [{ ...positive, id: 'p', completion: 'So.' }],
    };
    const wrong = { ...chatty, negatives: [{ ...row.negatives[1]!, text: 'No.' }] };
    const of = (format: ExportFormat, source = chatty): unknown =>
      JSON.parse(exportRow(format, source, noMark, CHAT).records[0] ?? '');
    const framed = `${CHAT.prefix}Q?${CHAT.suffix}`;
    expect(of('trl-sft')).toEqual({ prompt: framed, completion: 'So.' });
    expect(of('trl-preference-implicit', wrong)).toEqual({
      chosen: `${framed}So.`,
      rejected: `${framed}No.`,
    });
    expect(of('trl-messages')).toMatchObject({ messages: [{ content: 'Q?' }, { content: 'So.' }] });
    expect(of('alpaca')).toMatchObject({ instruction: 'Q?', output: 'So.' });
  });
});
