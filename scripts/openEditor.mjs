// Opens a project in VS Code: the desktop's where there is one, else a real VS Code in the browser on loopback.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensureCodeServer, installVsix, startCodeServer } from './codeServer.mjs';
import { ROOT, SetupError, runShown, say } from './environment.mjs';

const windows = process.platform === 'win32';
const HOME = join(ROOT, '.cache', 'vscode');
/** Kept from start to start, so that what the browser remembers for this address stays. */
const USUAL_PORT = 8421;

/** Only written where there are none yet: a person's own changes stay. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  // The practice project lies inside this repository: a question about it would stand over the first picture.
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * The `code` command that can show a window here: on a desktop, or inside a terminal of VS Code itself.
 * @param {NodeJS.ProcessEnv} [env] @returns {string | null}
 */
export function findDesktopCode(env = process.env) {
  const inside = Boolean(env['VSCODE_IPC_HOOK_CLI']);
  const display =
    process.platform !== 'linux' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
  const root = process.getuid?.() === 0;
  // VS Code's desktop refuses to run as root.
  if (!inside && (!display || root)) return null;
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    for (const name of windows ? ['code.cmd', 'code-insiders.cmd'] : ['code', 'code-insiders']) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

/** @param {string} code @param {string} vsix @param {string} project */
export async function openDesktop(code, vsix, project) {
  say(`Installing Tailor into VS Code (${code}) and opening ${project}.`);
  const run = (/** @type {string[]} */ args) =>
    windows ? runShown('cmd.exe', ['/d', '/c', code, ...args]) : runShown(code, args);
  await run(['--install-extension', vsix, '--force']);
  await run([project]);
}

/**
 * Serves VS Code on loopback until the process is told to stop.
 * @param {string} vsix @param {string} project
 * @param {{ env: NodeJS.ProcessEnv, trusted: boolean, port: number | undefined }} options
 * @returns {Promise<{ url: string, password: string, ended: Promise<number | null>, stop: () => void }>}
 */
export async function openBrowser(vsix, project, { env, trusted, port }) {
  const codeServer = await ensureCodeServer();
  const userData = join(HOME, 'data');
  const extensions = join(HOME, 'extensions');
  const settings = join(userData, 'User', 'settings.json');
  if (!existsSync(settings)) {
    mkdirSync(join(userData, 'User'), { recursive: true });
    writeFileSync(settings, `${JSON.stringify(SETTINGS, null, 2)}\n`);
  }
  const stampFile = join(HOME, 'extension.stamp');
  const stamp = createHash('sha256').update(readFileSync(vsix)).digest('hex');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    await installVsix(codeServer, vsix, { userData, extensions });
    writeFileSync(stampFile, stamp);
  }
  // Whoever reaches this port can run programs as this person: other accounts of the machine must not.
  const password = randomBytes(18).toString('base64url');
  const options = {
    userData,
    extensions,
    password,
    env,
    args: trusted ? ['--disable-workspace-trust'] : [],
  };
  const server = await startCodeServer(codeServer, { ...options, port: port ?? USUAL_PORT }).catch(
    (/** @type {unknown} */ error) => {
      if (port !== undefined || !(error instanceof SetupError)) throw error;
      // Somebody else's port: any other one does.
      return startCodeServer(codeServer, options);
    },
  );
  const url = `${server.origin}/?folder=${encodeURIComponent(project)}`;
  return { url, password, ended: server.ended, stop: server.stop };
}

/** Shows an address in the person's browser, where there is a screen for one. @param {string} url */
export function showInBrowser(url) {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const screen =
    process.platform === 'darwin' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (!screen || process.getuid?.() === 0) return;
  spawnSync(opener, [url], { stdio: 'ignore', timeout: 5000 });
}
