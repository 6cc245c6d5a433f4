import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addProfile } from '../../../../src/node/teacher/editProfiles.ts';
import { loadPrices, pricesPath } from '../../../../src/node/teacher/priceFile.ts';
import { loadProfiles } from '../../../../src/node/teacher/profiles.ts';
import { readFile } from 'node:fs/promises';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const price = {
  model: 'm*',
  inputPerMillion: 2,
  cachedPerMillion: 1,
  outputPerMillion: 8,
  asOf: '2026-05-01',
  source: 'https://example.com/prices',
};
const profile = { name: 'mine', baseURL: 'https://api.example.com/v1', model: 'm-1' };

async function files(prices: unknown, profiles: readonly object[] = [profile]): Promise<string> {
  const path = join(await temporaryFolder(), 'teachers.json');
  await writeFile(path, JSON.stringify({ v: 1, profiles }));
  const text = typeof prices === 'string' ? prices : JSON.stringify({ v: 1, prices });
  if (prices !== undefined) await writeFile(pricesPath(path), text);
  return path;
}

describe('the file of prices', () => {
  it('prices the profiles that name none of their own, by their model', async () => {
    const own = { inputPerMillion: 1, outputPerMillion: 1 };
    const path = await files(
      [price],
      [
        profile,
        { ...profile, name: 'own', prices: own },
        { ...profile, name: 'unknown', model: 'other' },
      ],
    );
    const [mine, kept, unknown] = await loadProfiles(path);
    const { model: _, ...fields } = price;
    expect(mine?.prices).toMatchObject({ ...fields, currency: 'USD' });
    expect(kept?.prices).toEqual({ ...own, currency: 'USD' });
    expect(unknown?.prices).toBeUndefined();
  });

  it('is missing, and then there are no prices', async () => {
    const [mine] = await loadProfiles(await files(undefined));
    expect(mine?.prices).toBeUndefined();
    expect(await loadPrices('/nowhere/prices.json')).toEqual([]);
  });

  it('is never copied into the profiles', async () => {
    const path = await files([price]);
    await addProfile(path, { ...profile, name: 'second' });
    expect(await readFile(path, 'utf8')).not.toContain('PerMillion');
  });

  it.each([
    ['no JSON', '{'],
    ['no date', [{ ...price, asOf: undefined }]],
    ['a date that is none', [{ ...price, asOf: '2026-02-31' }]],
    ['a negative price', [{ ...price, outputPerMillion: -1 }]],
    ['an unknown field', [{ ...price, perHour: 1 }]],
    ['remembered tokens dearer than read ones', [{ ...price, cachedPerMillion: 3 }]],
  ])('is refused with %s', async (_, prices) => {
    await expect(loadProfiles(await files(prices))).rejects.toMatchObject({
      code: 'teacher.unknownProfile',
      hint: expect.stringContaining('prices.json') as string,
    });
  });
});
