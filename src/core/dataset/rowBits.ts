import type { RowId, RowOrder } from './rowOrder.ts';

/** A set of rows: a bit for each line of the file, and the inserted ones by name. */
export class RowBits {
  #bits = new Uint32Array(32);
  readonly #inserted = new Set<RowId>();

  has(id: RowId): boolean {
    if (id < 0) return this.#inserted.has(id);
    return (((this.#bits[id >>> 5] ?? 0) >>> (id & 31)) & 1) === 1;
  }

  set(id: RowId, member: boolean): void {
    if (id < 0) {
      if (member) this.#inserted.add(id);
      else this.#inserted.delete(id);
      return;
    }
    const word = id >>> 5;
    if (word >= this.#bits.length) {
      if (!member) return;
      const larger = new Uint32Array(Math.max(this.#bits.length * 2, word + 1));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    const bit = 1 << (id & 31);
    const now = this.#bits[word] ?? 0;
    this.#bits[word] = member ? now | bit : now & ~bit;
  }

  /** The members in the sequence of an order. */
  within(order: RowOrder): Int32Array {
    const found = new Numbers();
    for (const { from, count } of order.runs) {
      if (from >= 0) this.#linesWithin(from, from + count, found);
      else {
        for (let more = 0; more < count; more += 1) {
          if (this.#inserted.has(from - more)) found.push(from - more);
        }
      }
    }
    return found.taken();
  }

  #linesWithin(from: number, end: number, found: Numbers): void {
    for (let word = from >>> 5; word << 5 < end && word < this.#bits.length; word += 1) {
      let bits = this.#bits[word] ?? 0;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const id = word * 32 + bit;
        if (id >= from && id < end) found.push(id);
      }
    }
  }
}

/** A growing list of integers. */
class Numbers {
  #items = new Int32Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Int32Array(this.#items.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#length] = value;
    this.#length += 1;
  }

  taken(): Int32Array {
    return this.#items.subarray(0, this.#length);
  }
}
