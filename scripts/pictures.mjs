// npm run pictures [-- NAME…]: makes the icon and the pictures of README and manual from the real product, in Chromium;
// with names (review, dataset, dashboard) those pictures alone.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { ROOT, SetupError, ensurePackages, failSetup, underCurrentNode } from './environment.mjs';

async function main() {
  await underCurrentNode(join(ROOT, 'scripts', 'pictures.mjs'));
  await ensurePackages();
  const chromium = await ensureChromium();
  if (chromium === null) throw new SetupError('No Chromium was found.', 'Set CHROME_PATH.');
  const names = process.argv.slice(2);
  if (names.length === 0) {
    const { drawIcon } = await import('./icon.mjs');
    await drawIcon(chromium);
  }
  const script = join(ROOT, 'test', 'e2e', 'rig', 'pictures.ts');
  return (
    spawnSync(process.execPath, [script, ...names], { cwd: ROOT, stdio: 'inherit' }).status ?? 1
  );
}

process.exitCode = await main().catch(failSetup);
