import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { childEnvironment } from '../../src/node/childEnvironment.ts';
import { findPython } from '../../src/node/python/findPython.ts';
import { doctorFacts, probePython } from '../../src/node/python/probe.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { createTrainer } from '../../src/node/trainer/trainerRun.ts';
import { runShortCommand } from '../../src/node/python/shortCommand.ts';
import { REPOSITORY, RunHarness, STUB, testPython } from '../fakes/runHarness.ts';

let folder = '';
let canary = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tailor-python-')));
  canary = join(folder, 'canary');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** An executable that says it was started, and answers like a good Python. */
async function plantInterpreter(path: string, version = '[3, 12, 1]'): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const answer = `{"version": ${version}, "executable": ""}`;
  await writeFile(path, `#!/bin/sh\necho "$0" >> '${canary}'\necho '${answer}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe('finding an interpreter', () => {
  test('follows the order: named, TAILOR_PYTHON, the installation, the active environment, PATH', async () => {
    const places = {
      named: await plantInterpreter(join(folder, 'named/python')),
      user: await plantInterpreter(join(folder, 'user/python')),
      installation: await plantInterpreter(join(folder, 'tailor/.venv/bin/python')),
      virtualEnv: await plantInterpreter(join(folder, 'env/bin/python')),
      path: await plantInterpreter(join(folder, 'bin/python3')),
    };
    const environment = {
      TAILOR_PYTHON: places.user,
      VIRTUAL_ENV: join(folder, 'env'),
      PATH: ['relative/bin', join(folder, 'bin')].join(delimiter),
    };
    const { TAILOR_PYTHON: _, ...withoutUser } = environment;
    const installation = join(folder, 'tailor');
    const empty = join(folder, 'bin');
    const found = [
      await findPython({ named: places.named, environment, installation }),
      await findPython({ environment, installation }),
      await findPython({ environment: withoutUser, installation }),
      await findPython({ environment: withoutUser, installation: empty }),
      await findPython({ environment: { PATH: environment.PATH }, installation: empty }),
    ];
    expect(found.map(({ source, python }) => [source, python])).toEqual(Object.entries(places));
    expect(found[0]?.version).toBe('3.12.1');
  });

  test('an old interpreter is passed over on PATH, and an error where it was asked for', async () => {
    const old = await plantInterpreter(join(folder, 'old/python3'), '[3, 9, 18]');
    const good = await plantInterpreter(join(folder, 'good/python3'));
    const environment = { PATH: [dirname(old), dirname(good)].join(delimiter) };
    expect(await findPython({ environment, installation: folder })).toMatchObject({ python: good });
    await expect(
      findPython({ named: old, environment, installation: folder }),
    ).rejects.toMatchObject({
      code: 'python.missing',
      message: `${old} is Python 3.9.18; 3.10 or newer is needed.`,
    });
  });

  test('none at all is one error that says what was tried', async () => {
    const old = await plantInterpreter(join(folder, 'old/python3'), '[2, 7, 1]');
    await expect(
      findPython({ environment: { PATH: dirname(old) }, installation: folder }),
    ).rejects.toMatchObject({
      code: 'python.missing',
      detail: { refusals: [`${old} is Python 2.7.1; 3.10 or newer is needed.`] },
    });
  });

  test('an interpreter that does not start is passed over', async () => {
    const broken = join(folder, 'bin/python3');
    await mkdir(dirname(broken));
    await writeFile(broken, 'not a program');
    await expect(
      findPython({ environment: { PATH: dirname(broken) }, installation: folder }),
    ).rejects.toMatchObject({ code: 'python.missing' });
  });
});

describe('threat 1: a repository sets the interpreter', () => {
  test('threat 1: nothing inside a project is ever executed, whatever its files and PATH say', async () => {
    const project = join(folder, 'project');
    await plantInterpreter(join(project, '.venv/bin/python'));
    await plantInterpreter(join(project, 'bin/python3'));
    await plantInterpreter(join(project, 'python3'));
    await mkdir(join(project, '.vscode'));
    const settings = { 'tailor.python': join(project, 'bin/python3') };
    await writeFile(join(project, '.vscode/settings.json'), JSON.stringify(settings));
    await writeFile(join(project, '.env'), `TAILOR_PYTHON=${join(project, 'bin/python3')}\n`);
    const linked = join(folder, 'linked');
    await symlink(join(project, 'bin'), linked);
    const honest = dirname((await testPython()).python);
    const places = ['', '.', project, join(project, 'bin'), 'bin', linked, honest];
    const python = await findPython({
      environment: {
        PATH: places.join(delimiter),
      },
      installation: folder,
      projectFolder: project,
    });
    expect(python.source).toBe('path');
    expect(existsSync(canary)).toBe(false);
  });

  test('threat 1: an interpreter that is not approved is not started', async () => {
    const planted = await plantInterpreter(join(folder, 'bin/python3'));
    const asked: string[] = [];
    await expect(
      findPython({
        environment: { PATH: dirname(planted) },
        installation: folder,
        confirm: (path) => {
          asked.push(path);
          return Promise.resolve(false);
        },
      }),
    ).rejects.toMatchObject({ code: 'python.untrusted' });
    expect(asked).toEqual([planted]);
    expect(existsSync(canary)).toBe(false);
  });

  test('threat 1: a launch.json that comes with a repository is not executed', async () => {
    const run = await RunHarness.create({ steps: 1, stepMs: 1 });
    try {
      const planted = await plantInterpreter(join(run.project, 'python'));
      const launch = { v: 1, attempt: 1, argv: [planted], command: planted, python: planted };
      await writeFile(join(run.folder, 'launch.json'), JSON.stringify(launch));
      expect((await (await run.start()).end).error).toBeNull();
      expect(existsSync(canary)).toBe(false);
    } finally {
      await run.dispose();
    }
  });
});

/** Modules that note that they were imported, under names that the bridge or Python's start import. */
async function plantModules(place: string): Promise<void> {
  await mkdir(place, { recursive: true });
  const code = `open(${JSON.stringify(canary)}, "a").write(__file__ + "\\n")\n`;
  const names = ['torch', 'json', 'sitecustomize', 'usercustomize', 'colorsys', 'tailor_bridge'];
  for (const name of names) await writeFile(join(place, `${name}.py`), code);
  await writeFile(join(place, '.env'), `PYTHONPATH=${place}\n`);
}

/** A bundle with the real launcher whose package imports what a project may shadow, then acts as told. */
async function fakeBundle(then: string): Promise<string> {
  const bundle = join(folder, 'bundle');
  await mkdir(join(bundle, 'tailor_bridge'), { recursive: true });
  await copyFile(join(REPOSITORY, 'python-bridge/launch.py'), join(bundle, 'launch.py'));
  await writeFile(join(bundle, 'tailor_bridge/__init__.py'), '');
  await writeFile(
    join(bundle, 'tailor_bridge/__main__.py'),
    `import colorsys, importlib.util, json, os, runpy, subprocess, sys
spec = importlib.util.find_spec("torch")
assert spec is None or "site-packages" in spec.origin, spec
subprocess.run([sys.executable, "-c", "import colorsys"], check=True, cwd=os.getcwd())
${then}
`,
  );
  return bundle;
}

describe('threat 2: modules in the workspace hijack the bridge', () => {
  test('threat 2: the canaries are live: without the isolation they are imported', async () => {
    await plantModules(folder);
    await runShortCommand({
      file: (await testPython()).python,
      args: ['-c', 'import colorsys'],
      cwd: folder,
      env: { PYTHONPATH: folder },
      timeoutMs: 30_000,
    });
    expect(existsSync(canary)).toBe(true);
  });

  test('threat 2: probe imports nothing from the project, and neither do its children', async () => {
    const project = join(folder, 'project');
    await plantModules(project);
    const bundle = await fakeBundle(
      'print(json.dumps({"v": 1, "python": "3", "packages": {}, "problems": []}))',
    );
    const probe = await probePython(await testPython(), {
      bundle,
      environment: { ...process.env, PYTHONPATH: project, PYTHONSTARTUP: join(project, 'json.py') },
    });
    expect(probe.problems).toEqual([]);
    expect(existsSync(canary)).toBe(false);
  });

  test('threat 2: training imports nothing from the project or the run folder', async () => {
    const run = await RunHarness.create({ steps: 1, stepMs: 1 });
    const before = process.env['PYTHONPATH'];
    try {
      await plantModules(run.project);
      await plantModules(run.folder);
      process.env['PYTHONPATH'] = run.project;
      const bundle = await fakeBundle(
        `runpy.run_path(${JSON.stringify(STUB)}, run_name="__main__")`,
      );
      const result = await createTrainer({
        python: await testPython(),
        bundle,
        clock: systemClock,
        log: run.log,
        projectTailorFolder: join(run.project, '.tailor'),
      }).run(run.folder, run.config, {
        signal: new AbortController().signal,
        report: () => undefined,
      });
      expect(result.student).toBe(run.config.export.path);
      expect(existsSync(canary)).toBe(false);
      const launch = await run.launch();
      expect(launch.environment).not.toContain('PYTHONPATH');
    } finally {
      if (before === undefined) delete process.env['PYTHONPATH'];
      else process.env['PYTHONPATH'] = before;
      await run.dispose();
    }
  });
});

describe('threat 17: argument injection into spawned tools', () => {
  test.each([
    'run one',
    '--resume=x',
    '$(touch canary)`touch canary`\'";touch canary;#',
    'a\nb',
    '%PATH% & calc',
    'ünïcode 漢字',
  ])('threat 17: a run folder named %j is one argument', async (name) => {
    const run = await RunHarness.create({ steps: 1, stepMs: 1 }, name);
    try {
      expect((await (await run.start()).end).error).toBeNull();
      expect((await run.launch()).argv.at(-1)).toBe(run.folder);
      expect(await readdir(run.folder)).not.toContain('canary');
      expect(existsSync(join(dirname(STUB), 'canary'))).toBe(false);
    } finally {
      await run.dispose();
    }
  });

  test.each(['python3', '-c', '--version', './python', 'python3; touch canary', ''])(
    'threat 17: the interpreter %j is refused unstarted',
    async (named) => {
      await expect(
        findPython({ named, environment: {}, installation: folder }),
      ).rejects.toMatchObject({ code: 'python.missing' });
    },
  );

  test('threat 17: a run folder that is not an absolute path is refused', async () => {
    const run = await RunHarness.create();
    try {
      const trainer = await run.trainer();
      const hooks = { signal: new AbortController().signal, report: () => undefined };
      await expect(trainer.run('--run', run.config, hooks)).rejects.toMatchObject({
        code: 'usage',
      });
    } finally {
      await run.dispose();
    }
  });
});

test('an interpreter without the bridge is reported with what it said', async () => {
  const bundle = await fakeBundle('raise SystemExit("numpy is missing here")');
  await expect(probePython(await testPython(), { bundle })).rejects.toMatchObject({
    code: 'trainer.depsMissing',
    hint: 'It said: numpy is missing here',
  });
});

test('a short command ends with its time-out and with the signal', async () => {
  const { python } = await testPython();
  const sleep = {
    file: python,
    args: ['-I', '-c', 'import time; time.sleep(600)'],
    cwd: folder,
    env: childEnvironment(process.env),
  };
  expect(await runShortCommand({ ...sleep, timeoutMs: 200 })).toMatchObject({ timedOut: true });
  const abort = new AbortController();
  const running = runShortCommand({ ...sleep, timeoutMs: 600_000, signal: abort.signal });
  abort.abort();
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
});

test('doctor names each problem with its remedy', () => {
  const problems = [{ code: 'missing', message: 'torch is missing.', fix: 'pip install torch' }];
  expect(doctorFacts({ v: 1, python: '3.11', packages: {}, problems })).toEqual([
    { problem: 'torch is missing.', fix: 'pip install torch' },
  ]);
});
