// npm run bench -- NAME [arguments]: runs test/bench/NAME.ts, which writes test/bench/results/NAME.json.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  ROOT,
  ensurePackages,
  ensurePython,
  failSetup,
  say,
  underCurrentNode,
} from './environment.mjs';

async function main() {
  const [name = '', ...rest] = process.argv.slice(2);
  const folder = join(ROOT, 'test', 'bench');
  const script = join(folder, `${name}.ts`);
  if (!/^[a-z][a-z-]*$/u.test(name) || !existsSync(script)) {
    const names = readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.slice(0, -3));
    say(`Which one? ${names.join(', ')}`);
    return 2;
  }
  await underCurrentNode(join(ROOT, 'scripts', 'bench.mjs'));
  await ensurePackages();
  const python = await ensurePython();
  const { buildAll } = await import('../esbuild.mjs');
  await buildAll();
  const env = { ...process.env, TAILOR_PYTHON: python };
  return (
    spawnSync(process.execPath, [script, ...rest], { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1
  );
}

process.exitCode = await main().catch(failSetup);
