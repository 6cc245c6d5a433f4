#!/usr/bin/env node
// tailor: the command line, under a Node that is new enough. Where the found one is older, the one that npm start
// brings is used. Build it first: npm run build (npm start and npm test do).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SetupError, ensureNode, failSetup } from './environment.mjs';

async function main() {
  const cli = join(ROOT, 'dist', 'cli.cjs');
  if (!existsSync(cli)) {
    throw new SetupError(
      'The command line is not built yet.',
      'Run npm start once, or npm run build.',
    );
  }
  const child = spawn(await ensureNode(), [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both: the command line stops by itself and decides the exit code.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

process.exitCode = await main().catch(failSetup);
