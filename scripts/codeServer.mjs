// Brings a real VS Code that runs in a browser: code-server from npm, with the Node it asks for.
// npm start uses it where there is no desktop VS Code; the end-to-end tests always do.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT, SetupError, failSetup, fetchNode, npmUnder, runShown, say } from './environment.mjs';

/** code-server refuses every other major of Node. */
const NODE_MAJOR = 24;
const HOME = join(ROOT, '.cache', 'code-server');
const RECIPE = join(ROOT, 'scripts', 'code-server');
const PACKAGE = join(HOME, 'node_modules', 'code-server');
const NATIVE = ['@vscode/native-watchdog', '@vscode/spdlog'];

/**
 * @typedef {{ node: string, entry: string, version: string }} CodeServer
 *   `version` is that of VS Code itself.
 */

/**
 * Installs code-server into .cache/code-server when it is not there in this version.
 * @returns {Promise<CodeServer>}
 */
export async function ensureCodeServer() {
  if (process.platform === 'win32') {
    throw new SetupError(
      'VS Code in the browser (code-server) does not run on Windows.',
      'Install VS Code so that the command "code" is found, or run: npm start -- --headless',
    );
  }
  const node =
    Number(process.versions.node.split('.')[0]) === NODE_MAJOR
      ? process.execPath
      : await fetchNode(`VS Code in the browser needs Node ${NODE_MAJOR}`);
  const lock = readFileSync(join(RECIPE, 'package-lock.json'), 'utf8');
  const stampFile = join(HOME, '.tailor-stamp');
  const stamp = createHash('sha256')
    .update([lock, process.platform, process.arch].join('\0'))
    .digest('hex');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    await install(node);
    writeFileSync(stampFile, stamp);
  }
  const product = JSON.parse(readFileSync(join(PACKAGE, 'lib', 'vscode', 'package.json'), 'utf8'));
  return { node, entry: join(PACKAGE, 'out', 'node', 'entry.js'), version: product.version };
}

/** @param {string} node */
async function install(node) {
  say(
    'Installing VS Code for the browser (code-server) into .cache/code-server: about 190 MB to download, 620 MB on disk.',
  );
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(HOME, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) {
    copyFileSync(join(RECIPE, name), join(HOME, name));
  }
  const [npm, first] = npmUnder(node);
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const env = {
    ...process.env,
    PATH: `${dirname(node)}:${process.env['PATH'] ?? ''}`,
    // node-gyp finds the headers beside the binary, where the package brought them, instead of fetching them.
    ...(existsSync(join(dirname(dirname(node)), 'include', 'node'))
      ? { npm_config_nodedir: dirname(dirname(node)) }
      : {}),
  };
  const inside = join(PACKAGE, 'lib', 'vscode');
  await runShown(npm, [...first, 'ci', '--ignore-scripts', ...quiet], { env, cwd: HOME });
  // Its own dependencies lie two levels deeper and are installed by a script that is not run here.
  for (const cwd of [inside, join(inside, 'extensions')]) {
    await runShown(npm, [...first, 'install', '--omit=dev', '--ignore-scripts', ...quiet], {
      env,
      cwd,
    });
  }
  if (!hasCompiler()) {
    say(
      'No C++ compiler: two optional parts (its log file, its watchdog) stay out; all else works.',
    );
    return;
  }
  say('Building two small native parts of it (about half a minute).');
  const rebuild = [...first, 'rebuild', '--ignore-scripts=false', ...quiet, ...NATIVE];
  await runShown(npm, rebuild, { env, cwd: inside, quiet: true }).catch(() => {
    say('They could not be built and stay out; all else works.');
  });
}

function hasCompiler() {
  return ['c++', 'make', 'python3'].every(
    (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0,
  );
}

/**
 * @typedef {object} ServerOptions
 * @property {string} userData its settings and state
 * @property {string} extensions its installed extensions
 * @property {string} [home] the home folder of the server and of what it starts; the person's own if not given
 * @property {string | null} password null: no login. Only where nobody else has an account on the machine.
 * @property {number} [port] 0, the default, lets the system choose
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string[]} [args]
 */

/**
 * @typedef {object} RunningServer
 * @property {string} origin
 * @property {import('node:child_process').ChildProcess} child leader of its own process group
 * @property {Promise<number | null>} ended its exit code
 * @property {() => string} log what it has printed
 * @property {() => void} stop ends it and everything it started
 */

/** It is given so long to say where it listens; a first start on a slow disk takes half a minute. */
const START_MS = 180_000;

/**
 * Variables with which code-server would listen elsewhere than it is told here, take another password than the one
 * that is printed, or, in a terminal of another VS Code, talk to that one and end.
 */
const DECIDES_ELSEWHERE = /^(?:PORT$|HASHED_PASSWORD$|PASSWORD$|CODE_SERVER_|CS_|VSCODE_)/u;

/** What the server inherits. @param {NodeJS.ProcessEnv} env @returns {NodeJS.ProcessEnv} */
function withoutOrders(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !DECIDES_ELSEWHERE.test(name)));
}

/**
 * Starts code-server on loopback and waits until it answers.
 * @param {CodeServer} server @param {ServerOptions} options @returns {Promise<RunningServer>}
 */
export async function startCodeServer(server, options) {
  const {
    userData,
    extensions,
    home = homedir(),
    password,
    port = 0,
    env = process.env,
    args = [],
  } = options;
  for (const folder of [join(userData, 'User'), extensions, home]) {
    mkdirSync(folder, { recursive: true });
  }
  const child = spawn(
    server.node,
    [
      server.entry,
      ...['--auth', password === null ? 'none' : 'password'],
      ...['--bind-addr', `127.0.0.1:${port}`],
      ...['--user-data-dir', userData, '--extensions-dir', extensions],
      ...['--config', join(userData, 'code-server.yaml')],
      ...['--disable-telemetry', '--disable-update-check', '--disable-proxy'],
      ...args,
    ],
    {
      cwd: home,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...withoutOrders(env),
        HOME: home,
        ...(password === null ? {} : { PASSWORD: password }),
      },
    },
  );
  let log = '';
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => {
    child.on('exit', (code) => resolve(code));
    child.on('error', () => resolve(1));
  });
  const stop = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  };
  /** @type {Promise<string>} */
  const listening = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        log += text;
        const found = /listening on (http:\/\/127\.0\.0\.1:\d+)/u.exec(log)?.[1];
        if (found) resolve(found);
      });
    }
  });
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<null>} */
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(null), START_MS);
  });
  const origin = await Promise.race([listening, late, ended.then(() => null)]);
  clearTimeout(timer);
  if (origin === null) {
    stop();
    throw new SetupError(
      `VS Code in the browser did not start: ${log.trim().split('\n').at(-1) ?? ''}`,
      'Delete .cache/code-server and run the command again.',
    );
  }
  return { origin, child, ended, log: () => log, stop };
}

/**
 * Installs a VSIX for servers that use these folders.
 * @param {CodeServer} server @param {string} vsix
 * @param {{ userData: string, extensions: string }} folders
 */
export async function installVsix(server, vsix, { userData, extensions }) {
  mkdirSync(userData, { recursive: true });
  await runShown(
    server.node,
    [
      server.entry,
      ...['--user-data-dir', userData, '--extensions-dir', extensions],
      ...['--config', join(userData, 'code-server.yaml')],
      ...['--force', '--install-extension', vsix],
    ],
    { quiet: true },
  );
}

// By itself it only brings the program: the tests let that happen while others run.
if (process.argv[1]?.endsWith('codeServer.mjs')) await ensureCodeServer().catch(failSetup);
