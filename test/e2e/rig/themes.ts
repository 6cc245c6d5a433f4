import type { Frame } from 'playwright-core';
import { objectionsOfAxe } from './axe.ts';
import type { Workbench } from './workbench.ts';

/** As the theme picker names them, and as the page is told. */
const THEMES = {
  'Dark 2026': 'Dark 2026',
  'Light 2026': 'Light 2026',
  'Dark Modern': 'Dark Modern',
  'Dark High Contrast': 'Default High Contrast',
  'Light High Contrast': 'Default High Contrast Light',
} as const;

/** What axe objects to in each theme where it does; keeps a picture `NAME-THEME` of each. */
export async function objectionsByTheme(
  workbench: Workbench,
  frame: Frame,
  name: string,
): Promise<Record<string, string[]>> {
  const objections: Record<string, string[]> = {};
  for (const [theme, id] of Object.entries(THEMES)) {
    await workbench.command('Preferences: Color Theme');
    await workbench.answer(theme);
    await workbench.until(
      `${theme} is on`,
      async () => (await frame.evaluate('document.body.dataset.vscodeThemeId')) === id,
    );
    await workbench.picture(`${name}-${theme.replaceAll(' ', '-').toLowerCase()}`);
    const found = await objectionsOfAxe(frame);
    if (found.length > 0) objections[`${name}, ${theme}`] = found;
  }
  return objections;
}
