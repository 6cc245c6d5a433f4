// Usage: npm run bench -- ui [views] [10k]. The host part: open, filter, search and decide over 10,000 and 100,000
// mistakes; then the views in a real VS Code over as many, where there is a Chromium. `views` leaves out the host part;
// with `10k` the views are measured over 10,000 alone, and what comes out is shown and not kept.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BROWSER_BUDGETS, browserExcesses, measureBrowser } from './uiBrowser.ts';
import { BUDGETS, excesses, measureHost } from './uiHost.ts';
import { MEASURED_ON } from './thisMachine.ts';

const asked = new Set(process.argv.slice(2));
const out = fileURLToPath(new URL('results/', import.meta.url));
async function keep(
  bench: 'ui-host' | 'ui-browser',
  results: Readonly<Record<string, unknown>> & { readonly over: readonly string[] },
): Promise<void> {
  const text = `${JSON.stringify({ bench, ...MEASURED_ON, ...results }, null, 2)}\n`;
  if (!asked.has('10k')) {
    await mkdir(out, { recursive: true });
    await writeFile(`${out}${bench}.json`, text);
  }
  console.log(text);
  if (results.over.length > 0) process.exitCode = 1;
}

if (!asked.has('views')) {
  const of10k = await measureHost(10_000);
  const of100k = await measureHost(100_000);
  const over = excesses(of10k, of100k);
  await keep('ui-host', { budgets: BUDGETS, of10k, of100k, over });
}

const of10k = await measureBrowser(10_000);
if (of10k === null) console.log('The views were not measured: no Chromium was found.');
else {
  const of100k = asked.has('10k') ? null : await measureBrowser(100_000);
  const over = [
    ...browserExcesses('10k', of10k),
    ...(of100k ? browserExcesses('100k', of100k) : []),
  ];
  await keep('ui-browser', { budgets: BROWSER_BUDGETS, of10k, of100k, over });
}
