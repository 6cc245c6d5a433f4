/** Loads the rows of a long list by their places, in whole chunks; a chunk that is on its way is waited for. */
export class Chunks {
  readonly #size: number;
  readonly #load: (from: number, to: number) => Promise<void>;
  readonly #underway = new Map<number, Promise<void>>();

  /** `load` fetches the rows of one chunk of `size`, from a place up to before another. */
  constructor(size: number, load: (from: number, to: number) => Promise<void>) {
    this.#size = size;
    this.#load = load;
  }

  /** Loads what is missing of a stretch that ends before `to`; rejects as `load` does. */
  async need(from: number, to: number, has: (place: number) => boolean): Promise<void> {
    const waits: Promise<void>[] = [];
    for (let place = Math.max(0, from); place < to; place += 1) {
      if (has(place)) continue;
      const chunk = Math.floor(place / this.#size);
      waits.push(this.#chunk(chunk));
      place = (chunk + 1) * this.#size - 1;
    }
    await Promise.all(waits);
  }

  /** Waits for nothing that was asked for before. */
  forget(): void {
    this.#underway.clear();
  }

  async #chunk(chunk: number): Promise<void> {
    const under = this.#underway.get(chunk);
    if (under) return under;
    const loading = this.#load(chunk * this.#size, (chunk + 1) * this.#size);
    this.#underway.set(chunk, loading);
    try {
      await loading;
    } finally {
      if (this.#underway.get(chunk) === loading) this.#underway.delete(chunk);
    }
  }
}
