import { describe, expect, it, vi } from 'vitest';
import type { DatasetField, DatasetRecord } from '../../../../src/shared/datasetContract.ts';
import {
  fieldOf,
  fieldUri,
  findField,
  idOf,
  valueOf,
} from '../../../../src/vscode/dataset/fieldPart.ts';
import { vscodeModule } from '../../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

const field = (index: number, name: string, value: string): DatasetField => ({
  index,
  name,
  type: 'text',
  value,
  clipped: false,
  characters: value.length,
  duplicate: false,
  problem: null,
});
const record = (...fields: DatasetField[]): DatasetRecord => ({
  key: 'o3',
  line: 4,
  kind: 'record',
  state: 'same',
  stamp: 's',
  bytes: 10,
  fields,
  raw: '',
  rawClipped: false,
  rawEditable: true,
  problem: null,
});
const row = record(field(0, 'id', 'q-1'), field(1, 'question', 'Why?'));
const part = { file: '/p/x.jsonl', key: 'o3', index: 1, name: 'question', id: 'q-1' };

describe('a field as a document', () => {
  it('is named readably, and read back from its name', () => {
    const uri = fieldUri(part, row);
    expect(uri.path).toBe('/q-1 question.txt');
    expect(fieldOf(uri)).toEqual(part);
    const hostile = { ...part, name: '../../etc\u202e/passwd' };
    expect(fieldUri(hostile, row).path).not.toMatch(/\/.*\/|\u202e/u);
    // SAFETY: the fake's URI has the members that are read.
    const foreign = vscodeModule.Uri.from({
      scheme: 'tailor-field',
      path: '/x',
      query: '{"key":1}',
    });
    expect(() => fieldOf(foreign as never)).toThrow('not found');
  });

  it('is found where fields moved, and not in another row', () => {
    expect(findField(row, part)?.index).toBe(1);
    const moved = record(field(0, 'new', ''), field(1, 'id', 'q-1'), field(2, 'question', 'Why?'));
    expect(findField(moved, part)?.index).toBe(2);
    expect(findField(record(field(0, 'id', 'q-2'), field(1, 'question', 'x')), part)).toBeNull();
    expect(findField(record(field(0, 'id', 'q-1')), part)).toBeNull();
    const twice = record(
      field(0, 'id', 'q-1'),
      field(2, 'question', 'a'),
      field(3, 'question', 'b'),
    );
    expect(findField(twice, part)).toBeNull();
    expect(idOf(record(field(0, 'question', 'x')))).toBeNull();
  });

  it('keeps the ends of lines that it had', () => {
    expect(valueOf('a\r\nb\r\n', 'a\nb')).toBe('a\nb');
    expect(valueOf('a\nb\n', 'a\nb')).toBe('a\nb');
    expect(valueOf('a\nb\n\n', 'a\nb')).toBe('a\nb\n');
    expect(valueOf('a\nb\n', 'a\n')).toBe('a\nb\n');
    expect(valueOf('a\r\nb', 'a\r\nc')).toBe('a\r\nb');
  });
});
