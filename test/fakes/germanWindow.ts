import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { editor } from './vscode.ts';

const BUNDLE = new URL('../../media/l10n/bundle.l10n.de.json', import.meta.url);

/** Makes the window of the fake editor a German one, with the bundle that is shipped. */
export function speakGerman(): void {
  const bundle = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(BUNDLE, 'utf8')));
  for (const [english, german] of Object.entries(bundle)) editor.translations.set(english, german);
}
