// npm test: brings everything, then every check and every test of both languages; ends with "N passed, N failed".
// npm run soak: the long proofs. npm test -- --quick leaves out the process and the end-to-end tests.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  ROOT,
  ensurePackages,
  ensurePython,
  failSetup,
  say,
  underCurrentNode,
} from './environment.mjs';
import { ensureChromium } from './chromium.mjs';

const soak = process.argv.includes('--soak');
const quick = process.argv.includes('--quick');
const out = join(ROOT, '.cache', 'test');

/** @param {string} label @param {string} file @param {string[]} args @param {string} [cwd] */
function check(label, file, args, cwd = ROOT) {
  say(`\n── ${label}`);
  const { PYTHONDONTWRITEBYTECODE: _dropped, ...env } = process.env;
  const started = Date.now();
  const { status, error } = spawnSync(file, args, { cwd, env, stdio: 'inherit' });
  say(
    `── ${label}: ${status === 0 ? 'ok' : `failed (${error?.message ?? `exit ${status}`})`}, ${Math.round((Date.now() - started) / 1000)} s`,
  );
  return status === 0;
}

/**
 * Starts what needs one processor while something else needs another; it is shown when it has ended.
 * @param {string} label @param {string} file @param {string[]} args @param {string} cwd
 * @returns {() => Promise<boolean>}
 */
function meanwhile(label, file, args, cwd) {
  say(`\n── ${label}: begun`);
  const { PYTHONDONTWRITEBYTECODE: _dropped, ...env } = process.env;
  const log = join(out, `${label}.log`);
  const started = Date.now();
  const handle = openSync(log, 'w');
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', handle, handle] });
  closeSync(handle);
  process.once('exit', () => child.kill());
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `exit ${code ?? signal}`));
  });
  return async () => {
    const problem = await ended;
    say(`\n── ${label}`);
    process.stdout.write(readFileSync(log, 'utf8'));
    const seconds = Math.round((Date.now() - started) / 1000);
    say(`── ${label}: ${problem === '' ? 'ok' : `failed (${problem})`}, ${seconds} s`);
    return problem === '';
  };
}

/** A reporter's counts; a run that left no report counts as one failure. @param {boolean} ok @param {string} file */
function vitestCounts(ok, file) {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const failed = report.numFailedTests + (ok || report.numFailedTests > 0 ? 0 : 1);
  return {
    passed: report.numPassedTests,
    failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @param {boolean} ok @param {string} file */
function pytestCounts(ok, file) {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const suite = /<testsuite [^>]*>/u.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
  const read = (/** @type {string} */ name) =>
    Number(new RegExp(`\\b${name}="(\\d+)"`, 'u').exec(suite)?.[1] ?? 0);
  const bad = read('failures') + read('errors');
  const failed = bad + (ok || bad > 0 ? 0 : 1);
  return { passed: read('tests') - bad - read('skipped'), failed, skipped: read('skipped') };
}

async function main() {
  await underCurrentNode(join(ROOT, 'scripts', 'test.mjs'));
  await ensurePackages();
  const python = await ensurePython({ dev: true, named: undefined });
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const bin = (/** @type {string} */ path) => join(ROOT, 'node_modules', path);
  const node = process.execPath;
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const add = (/** @type {{ passed: number, failed: number, skipped?: number }} */ counts) => {
    totals.passed += counts.passed;
    totals.failed += counts.failed;
    totals.skipped += counts.skipped ?? 0;
  };
  const guard = (/** @type {boolean} */ ok) =>
    add(ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

  const vitest = (/** @type {string[]} */ projects) => {
    const report = join(out, `vitest-${projects[0]}.json`);
    const args = projects.flatMap((name) => ['--project', name]);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    add(
      vitestCounts(
        check(`Vitest: ${projects.join(', ')}`, node, [
          bin('vitest/vitest.mjs'),
          'run',
          ...args,
          ...reporters,
        ]),
        report,
      ),
    );
  };
  if (soak) {
    vitest(['soak']);
  } else {
    const bridge = join(ROOT, 'python-bridge');
    const junit = join(out, 'pytest.xml');
    const tested = meanwhile(
      'pytest',
      python,
      ['-m', 'pytest', '-q', `--junitxml=${junit}`],
      bridge,
    );
    guard(check('TypeScript', node, [bin('typescript/bin/tsc'), '--build']));
    guard(
      check('ESLint', node, [
        bin('eslint/bin/eslint.js'),
        '.',
        '--max-warnings',
        '0',
        '--cache',
        '--cache-location',
        '.cache/eslint',
      ]),
    );
    guard(
      check('Prettier', node, [
        bin('prettier/bin/prettier.cjs'),
        '--check',
        '--log-level',
        'warn',
        '.',
      ]),
    );
    guard(check('Ruff', python, ['-m', 'ruff', 'check', '.'], bridge));
    guard(check('Ruff format', python, ['-m', 'ruff', 'format', '--check', '.'], bridge));
    guard(check('Python types', node, [bin('pyright/index.js'), '--pythonpath', python, bridge]));
    vitest(['unit', 'contract']);
    add(pytestCounts(await tested(), junit));
    if (!quick) {
      // The views' tests among the processes need the browser too.
      const chromium = await ensureChromium();
      const broughtEditor =
        chromium === null || process.platform === 'win32'
          ? null
          : meanwhile(
              'VS Code in the browser',
              node,
              [join(ROOT, 'scripts', 'codeServer.mjs')],
              ROOT,
            );
      vitest(['process']);
      // What failed is said again, and counted, by the tests that need it.
      await broughtEditor?.();
      vitest(['e2e']);
    }
  }
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
  process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
  return totals.failed === 0 ? 0 : 1;
}

process.exitCode = await main().catch(failSetup);
