// Finds a Chromium for the end-to-end tests, the pictures and the benchmark of the views.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runShown, say } from './environment.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * CHROME_PATH when it is set, else the first known name on PATH or in the usual places.
 * @param {NodeJS.ProcessEnv} [env] @returns {string | null}
 */
export function findChromium(env = process.env) {
  const named = env['CHROME_PATH'];
  if (named) return isProgram(named) ? named : null;
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const places = [
    ...NAMES.flatMap((name) => [...folders, '/usr/bin'].map((folder) => join(folder, name))),
    ...MAC_APPS.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`),
  ];
  return places.find(isProgram) ?? null;
}

/**
 * The same, but on a Debian or Ubuntu run by root (a container, a build machine) a missing one is installed.
 * @returns {Promise<string | null>}
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== null || process.env['CHROME_PATH']) return found;
  const root = process.getuid?.() === 0;
  if (!root || !existsSync('/etc/debian_version')) return null;
  const offered = spawnSync('apt-cache', ['policy', 'chromium'], { encoding: 'utf8' });
  if (offered.error) return null;
  say("Installing Debian's chromium for the end-to-end tests (about 120 MB to download).");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', 'chromium'];
  try {
    await runShown('apt-get', ['update', '-qq'], { env });
    await runShown('apt-get', install, { env, quiet: true });
  } catch (error) {
    say(`It could not be installed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return findChromium();
}

/** What a Chromium is started with here: no sandbox only where it cannot have one (as root). */
export function chromiumArguments() {
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-quic',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
}
