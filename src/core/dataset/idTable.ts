/** 64 bits of an id: two rows with other ids have the same ones with a chance of one in 10^19. */
export interface IdHash {
  readonly high: number;
  readonly low: number;
}

/** Hashes the text of an id: two runs of a multiplicative hash with other beginnings, each mixed to its end. */
export function hashId(id: string): IdHash {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b ^ id.length;
  for (let index = 0; index < id.length; index += 1) {
    const unit = id.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
    low ^= low >>> 13;
  }
  return { high: mixed(high ^ (low << 1)), low: mixed(low + Math.imul(high, 0x27d4eb2f)) };
}

function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x7feb352d);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * How many rows have an id, for millions of ids: sixteen bytes a slot. Beside all rows it counts those that nothing
 * else is wrong with, so that the number of rows with a problem is known at any time.
 */
export class IdTable {
  #high: Uint32Array;
  #low: Uint32Array;
  #rows: Uint32Array;
  #sound: Uint32Array;
  #used = 0;
  #shared = 0;

  /** With room for so many ids: it grows past that, but moving millions of slots takes a while. */
  constructor(expected: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(1024, expected * 1.4)));
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#rows = new Uint32Array(size);
    this.#sound = new Uint32Array(size);
  }

  /** Sound rows that share their id with another row. */
  get sharedSound(): number {
    return this.#shared;
  }

  add(id: IdHash, sound: boolean): void {
    if (this.#used * 4 >= this.#rows.length * 3) this.#enlarge();
    const slot = this.#slotOf(id);
    this.#take(slot);
    if (this.#rows[slot] === 0 && this.#high[slot] === 0 && this.#low[slot] === 0) this.#used += 1;
    this.#high[slot] = id.high;
    this.#low[slot] = id.low;
    this.#change(slot, 1, sound ? 1 : 0);
    this.#give(slot);
  }

  remove(id: IdHash, sound: boolean): void {
    const slot = this.#slotOf(id);
    if (this.#rows[slot] === 0) return;
    this.#take(slot);
    this.#change(slot, -1, sound ? -1 : 0);
    this.#give(slot);
  }

  isShared(id: IdHash): boolean {
    return (this.#rows[this.#slotOf(id)] ?? 0) > 1;
  }

  #change(slot: number, rows: number, sound: number): void {
    this.#rows[slot] = (this.#rows[slot] ?? 0) + rows;
    this.#sound[slot] = (this.#sound[slot] ?? 0) + sound;
  }

  #take(slot: number): void {
    if ((this.#rows[slot] ?? 0) > 1) this.#shared -= this.#sound[slot] ?? 0;
  }

  #give(slot: number): void {
    if ((this.#rows[slot] ?? 0) > 1) this.#shared += this.#sound[slot] ?? 0;
  }

  /** The slot of an id, or the free one where it would go. A slot once used keeps its id: others were put past it. */
  #slotOf({ high, low }: IdHash): number {
    const mask = this.#rows.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const found = this.#high[slot] ?? 0;
      const other = this.#low[slot] ?? 0;
      if (found === high && other === low) return slot;
      if (found === 0 && other === 0) return slot;
    }
  }

  #enlarge(): void {
    const old = { high: this.#high, low: this.#low, rows: this.#rows, sound: this.#sound };
    const size = old.rows.length * 2;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#rows = new Uint32Array(size);
    this.#sound = new Uint32Array(size);
    this.#used = 0;
    old.rows.forEach((rows, from) => {
      if (rows === 0) return;
      const slot = this.#slotOf({ high: old.high[from] ?? 0, low: old.low[from] ?? 0 });
      this.#high[slot] = old.high[from] ?? 0;
      this.#low[slot] = old.low[from] ?? 0;
      this.#rows[slot] = rows;
      this.#sound[slot] = old.sound[from] ?? 0;
      this.#used += 1;
    });
  }
}
