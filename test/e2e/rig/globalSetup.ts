import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findChromium } from '../../../scripts/chromium.mjs';
import { ensureCodeServer, installVsix, type CodeServer } from '../../../scripts/codeServer.mjs';
import { ROOT } from '../../../scripts/environment.mjs';
import { packageVsix } from '../../../scripts/package.mjs';

/** What the journeys need, or why there can be none. */
export type Rig =
  | { readonly missing: string }
  | {
      readonly missing: null;
      readonly chromium: string;
      readonly codeServer: CodeServer;
      /** Holds the unpacked package and nothing else. */
      readonly extensions: string;
    };

declare module 'vitest' {
  interface ProvidedContext {
    rig: Rig;
  }
}

/** Packs the extension, brings VS Code and installs the package in it: once for all journeys. */
export default async function setup(project: TestProject): Promise<void> {
  const rig = await prepare();
  if (rig.missing !== null) {
    process.stderr.write(`\nThe end-to-end tests are skipped: ${rig.missing}\n`);
  }
  project.provide('rig', rig);
}

async function prepare(): Promise<Rig> {
  const chromium = findChromium();
  if (chromium === null) {
    return { missing: 'no Chromium was found. Install one, or name it with CHROME_PATH.' };
  }
  if (process.platform === 'win32') {
    return { missing: 'VS Code in the browser (code-server) does not run on Windows.' };
  }
  const codeServer = await ensureCodeServer();
  const vsix = await packageVsix();
  const cache = join(ROOT, '.cache', 'e2e');
  const extensions = join(cache, 'extensions');
  const stampFile = join(cache, 'extensions.stamp');
  const stamp = createHash('sha256').update(readFileSync(vsix)).digest('hex');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    rmSync(extensions, { recursive: true, force: true });
    await installVsix(codeServer, vsix, { userData: join(cache, 'installer'), extensions });
    writeFileSync(stampFile, stamp);
  }
  return { missing: null, chromium, codeServer, extensions };
}
