import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashId, IdTable } from '../../../../src/core/dataset/idTable.ts';

describe('the table of ids', () => {
  it('counts rows with the same id, and those that nothing else is wrong with, like a map', () => {
    const acts = fc.array(
      fc.record({ id: fc.nat(12), sound: fc.boolean(), remove: fc.boolean() }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(acts, (list) => {
        const table = new IdTable(0);
        const naive = new Map<number, boolean[]>();
        for (const { id, sound, remove } of list) {
          const rows = naive.get(id) ?? [];
          naive.set(id, rows);
          if (!remove) {
            rows.push(sound);
            table.add(hashId(`q-${id}`), sound);
          } else if (rows.includes(sound)) {
            rows.splice(rows.indexOf(sound), 1);
            table.remove(hashId(`q-${id}`), sound);
          }
        }
        let shared = 0;
        for (const [id, rows] of naive) {
          expect(table.isShared(hashId(`q-${id}`))).toBe(rows.length > 1);
          if (rows.length > 1) shared += rows.filter(Boolean).length;
        }
        expect(table.sharedSound).toBe(shared);
      }),
    );
  });

  it('tells a million ids apart that differ in a digit, also when it has to grow', () => {
    const table = new IdTable(10);
    const count = 1_000_000;
    for (let index = 0; index < count; index += 1) table.add(hashId(`gsm8k-train-${index}`), true);
    expect(table.sharedSound).toBe(0);
    for (let index = 0; index < 1_000; index += 1) table.add(hashId(`gsm8k-train-${index}`), true);
    expect(table.sharedSound).toBe(2_000);
  });

  it('gives short, long, empty and odd ids other hashes', () => {
    const ids = [
      '',
      '0',
      '00',
      'a',
      'b',
      'ab',
      'ba',
      '__proto__',
      '../x',
      'é',
      'e\u0301',
      '\ud800',
      'x'.repeat(999),
      'x'.repeat(998),
    ];
    const hashes = new Set(ids.map((id) => `${hashId(id).high} ${hashId(id).low}`));
    expect(hashes.size).toBe(ids.length);
  });
});
