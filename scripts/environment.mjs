// Brings what Tailor needs on a bare machine: a current Node, the npm packages, a Python environment for the trainer.
// Everything is put inside this folder (node_modules, .venv, .cache) and reused when nothing changed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const NODE_FLOOR = [22, 12];
const NODE_VERSION = '24.21.0';
const PYTHON_FLOOR = [3, 10];
const windows = process.platform === 'win32';

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

export class SetupError extends Error {
  /** @param {string} message @param {string} hint */
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Runs a program with its output shown; rejects when it fails.
 * @param {string} file @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean, cwd?: string }} [options]
 * @returns {Promise<void>}
 */
export function runShown(file, args, { env = process.env, quiet = false, cwd = ROOT } = {}) {
  return new Promise((resolve, reject) => {
    // What a program prints here is about set-up: it goes to stderr, so that stdout stays the command's own.
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', quiet ? 'ignore' : 2, 2] });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(new Error(`${file} ${args[0] ?? ''} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** @param {number[]} version @param {number[]} floor */
function atLeast(version, floor) {
  for (const [index, least] of floor.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

/** npm as the person started it, under the Node given. @param {string} node @returns {[string, string[]]} */
export function npmUnder(node) {
  const cli = process.env['npm_execpath'];
  if (cli?.endsWith('.js')) return [node, [cli]];
  return [windows ? 'npm.cmd' : 'npm', []];
}

/** @returns {Promise<string>} a Node that is new enough */
export async function ensureNode() {
  const own = process.versions.node.split('.').map(Number);
  if (atLeast(own, NODE_FLOOR)) return process.execPath;
  return fetchNode(`Node ${process.versions.node} is older than ${NODE_FLOOR.join('.')}`);
}

/** @param {string} why @returns {Promise<string>} the Node that Tailor brings itself when the found one does not do */
export async function fetchNode(why) {
  const platform = windows ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const prefix = join(ROOT, '.cache', 'node');
  const binary = join(prefix, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    say(`${why}: fetching Node ${NODE_VERSION} from npm (about 50 MB).`);
    mkdirSync(prefix, { recursive: true });
    writeFileSync(join(prefix, 'package.json'), '{ "private": true }\n');
    const [file, args] = npmUnder(process.execPath);
    await runShown(file, [
      ...args,
      'install',
      '--prefix',
      prefix,
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${name}@${NODE_VERSION}`,
    ]);
  }
  return binary;
}

/**
 * Goes on under a current Node: returns in that process, exits in an older one with the other's exit code.
 * @param {string} script
 */
export async function underCurrentNode(script) {
  const node = await ensureNode();
  if (node === process.execPath) return;
  const path = `${dirname(node)}${windows ? ';' : ':'}${process.env['PATH'] ?? ''}`;
  const child = spawn(node, [script, ...process.argv.slice(2)], {
    cwd: process.cwd(),
    env: { ...process.env, PATH: path },
    stdio: 'inherit',
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.on(signal, () => child.kill(signal));
  }
  const code = await new Promise((resolve) => {
    child.on('exit', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? 130 : 1)));
  });
  process.exit(code);
}

/** @param {string[]} parts */
const stampOf = (...parts) => createHash('sha256').update(parts.join('\0')).digest('hex');

/** @param {string} path */
const readIfThere = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

export async function ensurePackages() {
  const stampFile = join(ROOT, 'node_modules', '.tailor-stamp');
  const stamp = stampOf(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  if (readIfThere(stampFile) === stamp) return;
  say('Installing the npm packages (about 150 MB to download, 460 MB on disk).');
  const [file, args] = npmUnder(process.execPath);
  await runShown(file, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  writeFileSync(stampFile, stamp);
}

/** @param {string} python */
function pythonVersion(python) {
  const result = spawnSync(python, ['-c', 'import sys; print(*sys.version_info[:3])'], {
    encoding: 'utf8',
  });
  return result.status === 0 ? result.stdout.trim().split(' ').map(Number) : null;
}

function findBasePython() {
  const names = windows
    ? ['python', 'py']
    : ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
  const seen = [];
  for (const name of names) {
    const version = pythonVersion(name);
    if (version && atLeast(version, PYTHON_FLOOR)) return name;
    if (version) seen.push(`${name} is ${version.join('.')}`);
  }
  throw new SetupError(
    `No Python ${PYTHON_FLOOR.join('.')} or newer was found${seen.length ? ` (${seen.join(', ')})` : ''}.`,
    'Install one with pip and venv, on Debian: apt-get install python3 python3-pip python3-venv; or name one: --python PATH.',
  );
}

/** Environment for pip and imports: byte code is kept, or every later start pays for compiling it again. */
function pythonEnv() {
  const { PYTHONDONTWRITEBYTECODE: _dropped, PYTHONPATH: _path, ...env } = process.env;
  return env;
}

const WARM_UP = 'import torch, safetensors.torch, transformers.models.llama.modeling_llama';

/**
 * The Python of the trainer: the named one when it can import the stack, else this folder's .venv, made when needed.
 * @param {{ named?: string | undefined, dev?: boolean }} [options]
 * @returns {Promise<string>}
 */
export async function ensurePython({ named = process.env['TAILOR_PYTHON'], dev = false } = {}) {
  if (named) {
    const version = pythonVersion(named);
    if (!version || !atLeast(version, PYTHON_FLOOR)) {
      throw new SetupError(
        `${named} is no Python ${PYTHON_FLOOR.join('.')} or newer.`,
        'Name another with --python PATH.',
      );
    }
    const imports = spawnSync(named, ['-c', WARM_UP], { encoding: 'utf8', env: pythonEnv() });
    if (imports.status !== 0) {
      throw new SetupError(
        `${named} cannot import the trainer's packages: ${imports.stderr.trim().split('\n').at(-1) ?? ''}`,
        `Install them there: ${named} -m pip install --no-compile -r python-bridge/requirements.txt`,
      );
    }
    return named;
  }
  const venv = join(ROOT, '.venv');
  const python = windows ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
  const lists = ['requirements.txt', ...(dev ? ['requirements-dev.txt'] : [])];
  const files = lists.map((list) => join(ROOT, 'python-bridge', list));
  const stampFile = join(venv, `.tailor-stamp${dev ? '-dev' : ''}`);
  const stamp = stampOf(...files.map((file) => readFileSync(file, 'utf8')));
  if (readIfThere(stampFile) === stamp && pythonVersion(python)) return python;
  if (!pythonVersion(python)) {
    const base = findBasePython();
    rmSync(venv, { recursive: true, force: true });
    say(`Making a Python environment in .venv with ${base}.`);
    await runShown(base, ['-m', 'venv', venv]).catch(() => {
      throw new SetupError(
        'The Python environment could not be made.',
        'On Debian: apt-get install python3-venv python3-pip, then run the command again.',
      );
    });
  }
  announceTorch(python, files[0] ?? '');
  const pip = ['-m', 'pip', 'install', '--no-compile', '--disable-pip-version-check'];
  const progress = process.stderr.isTTY ? [] : ['--progress-bar', 'off', '--quiet'];
  await runShown(python, [...pip, ...progress, ...files.flatMap((file) => ['-r', file])], {
    env: pythonEnv(),
  });
  say('Importing the trainer packages once, so that later starts are quick.');
  await runShown(python, ['-c', WARM_UP], { env: pythonEnv() });
  writeFileSync(stampFile, stamp);
  return python;
}

/** Says which PyTorch pip's own configuration picks, and how large that is, before anything is fetched. */
/** @param {string} python @param {string} requirements */
function announceTorch(python, requirements) {
  const pin =
    readFileSync(requirements, 'utf8')
      .split('\n')
      .find((line) => line.startsWith('torch==')) ?? 'torch';
  const dry = spawnSync(
    python,
    [
      '-m',
      'pip',
      'install',
      '--dry-run',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--report',
      '-',
      pin,
    ],
    { encoding: 'utf8', env: pythonEnv(), timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
  );
  const cpu =
    dry.status !== 0 || !dry.stdout.includes('"install": [\n')
      ? null
      : /%2Bcpu|\+cpu/u.test(dry.stdout);
  const already = dry.status === 0 && /"install": \[\]/u.test(dry.stdout);
  const small = cpu === true || process.platform !== 'linux';
  say(
    already
      ? 'Installing the rest of the Python packages of the trainer (about 60 MB).'
      : small
        ? `Installing the trainer's Python packages: ${pin} (CPU build, about 200 MB) and transformers with what they need (about 60 MB).`
        : `Installing the trainer's Python packages: ${pin} with CUDA, 2 to 4 GB to download with pip's present configuration.\n` +
          '  For a CPU build (200 MB) stop now and point pip at an index that has one (PIP_EXTRA_INDEX_URL, see pytorch.org), or name an interpreter that has PyTorch: --python PATH.',
  );
}

/** Shows a set-up failure as one sentence and a hint, and ends. @param {unknown} error @returns {never} */
export function failSetup(error) {
  if (error instanceof SetupError) say(`${error.message}\n${error.hint}`);
  else say(`Set-up failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
