// Usage: npm run bench -- ui. The host part: open, filter, search and decide over 10,000 and 100,000 mistakes; then
// the views in a real VS Code over as many, where there is a Chromium.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, platform, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { BROWSER_BUDGETS, browserExcesses, measureBrowser } from './uiBrowser.ts';
import { BUDGETS, excesses, measureHost } from './uiHost.ts';

const small = await measureHost(10_000);
const large = await measureHost(100_000);
const over = excesses(small, large);
const results = {
  bench: 'ui-host',
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
  system: `${platform()} ${release()}`,
  budgets: BUDGETS,
  of10k: small,
  of100k: large,
  over,
};
const out = fileURLToPath(new URL('results/', import.meta.url));
await mkdir(out, { recursive: true });
const text = `${JSON.stringify(results, null, 2)}\n`;
await writeFile(`${out}ui-host.json`, text);
console.log(text);
if (over.length > 0) process.exitCode = 1;

const views10k = await measureBrowser(10_000);
const views100k = await measureBrowser(100_000);
if (views10k === null || views100k === null) {
  console.log('The views were not measured: no Chromium was found.');
} else {
  const overViews = [...browserExcesses('10k', views10k), ...browserExcesses('100k', views100k)];
  const views = {
    bench: 'ui-browser',
    machine: results.machine,
    system: results.system,
    budgets: BROWSER_BUDGETS,
    of10k: views10k,
    of100k: views100k,
    over: overViews,
  };
  const viewsText = `${JSON.stringify(views, null, 2)}\n`;
  await writeFile(`${out}ui-browser.json`, viewsText);
  console.log(viewsText);
  if (overViews.length > 0) process.exitCode = 1;
}
