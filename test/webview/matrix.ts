import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { axeOn } from './axe.ts';
import { THEMES } from './browserPage.ts';
import { looksAt } from './looks.ts';
import type { AnyTab, View } from './views.ts';

const PICTURES = join(import.meta.dirname, '..', '..', '.cache', 'views');

/** Pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

interface Matrix {
  /** Which view this is, as a person calls it. */
  readonly title: string;
  /** What its pictures' names begin with, below the folder of all pictures. */
  readonly pictures: string;
  readonly sizes: readonly [Size, Size, Size];
}

/** Every state × five themes × three widths: readable for axe-core, silent on the console, and a picture to look at. */
export function wholeMatrix<S extends object, L extends { readonly tab: AnyTab }>(
  view: View<S, L>,
  { title, pictures, sizes }: Matrix,
): void {
  describe(`${title}: the whole matrix`, () => {
    const { look, closeAll } = looksAt(view, sizes[0]);
    beforeAll(() => void mkdirSync(dirname(join(PICTURES, `${pictures}_`)), { recursive: true }));
    it.each(Object.keys(view.states))('%s', async (name) => {
      for (const theme of Object.keys(THEMES)) {
        for (const size of sizes) {
          const { tab } = await look(name, { theme, ...size });
          const file = `${name}.${theme}.${size.width}.png`.replaceAll(' ', '-');
          await tab.page.screenshot({ path: join(PICTURES, `${pictures}${file}`) });
          const found = [...(await axeOn(tab)), ...tab.problems, ...tab.strangers];
          expect([theme, size.width, found]).toEqual([theme, size.width, []]);
          await closeAll();
        }
      }
    });
  });
}
