import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/node/dataset/dataset.ts';
import { actNumber, openWhole, picture } from '../fakes/datasetActs.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { startDriver } from './child.ts';

const KILLS = Number(process.env['TAILOR_DATASET_KILLS'] ?? 12);

/** Rows of several sizes, one of them large enough that a save takes a while. */
const FIRST = [
  ...Array.from({ length: 30 }, (_, index) => `{"id":"${index}","text":"row"}`),
  `{"text":"${'x'.repeat(3_000_000)}"}`,
];

const open = (folder: string, name: string): Promise<Dataset> =>
  openWhole(join(folder, name), join(folder, `journals of ${name}`));

describe('a window with a data file, killed again and again', () => {
  it(
    'fault: kill -9 host at every journal operation: every act that was confirmed is there when the file is opened again',
    { timeout: 600_000 },
    async () => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, 'data.jsonl'), `${FIRST.join('\n')}\n`);
      await copyFile(join(folder, 'data.jsonl'), join(folder, 'twin.jsonl'));
      // The same acts, in this process and never killed.
      const twin = await open(folder, 'twin.jsonl');
      let next = 0;
      let restored = 0;
      for (let kill = 0; kill < KILLS; kill += 1) {
        const driver = startDriver('editForever', [
          join(folder, 'data.jsonl'),
          join(folder, 'journals of data.jsonl'),
          String(next),
        ]);
        await driver.printed(2);
        await new Promise((resolve) => setTimeout(resolve, (kill * 37) % 230));
        await driver.kill();
        const confirmed = Number(driver.lines.at(-1)) + 1;
        for (; next < confirmed; next += 1) await actNumber(twin, next);
        const reopened = await open(folder, 'data.jsonl');
        const seen = await picture(reopened);
        restored += reopened.recovery()?.restored ?? 0;
        expect(reopened.recovery()?.aside ?? []).toEqual([]);
        await reopened.dispose();
        if (JSON.stringify(seen) !== JSON.stringify(await picture(twin))) {
          // The act that was under way may have been made, too.
          await actNumber(twin, next);
          next += 1;
          expect(seen).toEqual(await picture(twin));
        }
      }
      expect(restored).toBeGreaterThan(0);
      await twin.dispose({ discard: true });
      const left = await readdir(folder);
      // What a killed save left beside the file is the next save's to remove, once it is old enough.
      expect(left.filter((name) => !name.endsWith('.tmp')).sort()).toEqual([
        'data.jsonl',
        'journals of data.jsonl',
        'journals of twin.jsonl',
        'twin.jsonl',
      ]);
    },
  );
});
