import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Packs the extension, brings VS Code and installs the package in it; what did not change is not done again. */
export async function prepareRig(): Promise<Rig> {
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
