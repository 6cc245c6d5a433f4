// Usage: npm run bench -- ui. The host part: open, filter, search and decide over 10,000 and 100,000 mistakes.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, platform, release } from 'node:os';
import { fileURLToPath } from 'node:url';
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
