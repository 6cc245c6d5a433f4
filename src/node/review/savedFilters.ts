import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { savedFilterSchema } from '../../shared/reviewContract.ts';
import type { Filter } from '../../shared/reviewQueue.ts';
import { nodeFs } from '../storage/fs.ts';
import { assertWritable } from '../storage/safePath.ts';
import { writeSnapshot } from '../storage/snapshot.ts';

type SavedFilter = z.infer<typeof savedFilterSchema>;

const fileSchema = z.object({ v: z.literal(1), filters: z.array(savedFilterSchema) });

const MAX_FILTERS = 50;
const MAX_NAME = 60;

/** The filters that a person named, in .tailor/review.json: theirs alone, not part of what is shared. */
export class SavedFilters {
  readonly #root: string;
  #filters: SavedFilter[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  get list(): readonly SavedFilter[] {
    return this.#filters;
  }

  /** A missing or damaged file is no filters: nothing depends on them. */
  async load(): Promise<void> {
    try {
      const text = await readFile(join(this.#root, '.tailor', 'review.json'), 'utf8');
      this.#filters = z.parse(fileSchema, JSON.parse(text)).filters;
    } catch {
      this.#filters = [];
    }
  }

  /** Saves a filter under a name, replacing one of that name; null forgets it. */
  async save(name: string, filter: Filter | null): Promise<void> {
    const shown = name.trim();
    if (shown === '' || shown.length > MAX_NAME) {
      throw new AppError('usage', sentence`A filter's name has 1 to ${MAX_NAME} characters.`);
    }
    await this.load();
    const place = this.#filters.findIndex((one) => one.name === shown);
    const filters = [...this.#filters];
    if (filter === null) {
      if (place >= 0) filters.splice(place, 1);
    } else if (place >= 0) filters[place] = { name: shown, filter };
    else filters.push({ name: shown, filter });
    if (filters.length > MAX_FILTERS) {
      throw new AppError('usage', sentence`There are ${MAX_FILTERS} saved filters already.`, {
        hint: sentence`Remove one of them first.`,
      });
    }
    const path = await assertWritable(this.#root, '.tailor/review.json');
    await nodeFs.mkdir(join(this.#root, '.tailor'));
    await writeSnapshot(path, `${JSON.stringify({ v: 1, filters }, null, 2)}\n`);
    this.#filters = filters;
  }
}
