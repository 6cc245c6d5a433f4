import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PRACTICE_PATHS } from '../../src/core/practice/practiceProject.ts';
import { parityVerdictSchema } from '../../src/core/exam/parityVerdict.ts';
import { SERVED_TOLERANCE } from '../../src/core/exam/servedParity.ts';
import { testPython } from '../fakes/runHarness.ts';
import { smallPractice, startTailor } from '../process/practiceLoop.ts';

const SERVER = join(import.meta.dirname, '..', 'fixtures', 'hfServer.py');
const checkSchema = z.object({ parity: parityVerdictSchema, recordable: z.boolean() });

describe('the practice student behind transformers, in several arithmetics', () => {
  let folder: string;
  let project: string;
  let student: string;
  let python: string;
  const started: ChildProcess[] = [];

  const run = (...args: string[]) =>
    startTailor([...args, '--project', project, '--python', python], {
      XDG_CONFIG_HOME: folder,
    }).finished;
  const check = async () => {
    const { code, stdout, stderr } = await run('student', '--json');
    expect(code, stderr).toBe(0);
    return checkSchema.parse(JSON.parse(stdout));
  };

  /** Serves the student in `dtype`, by a profile that says `precision`. */
  const serve = async (dtype: string, precision: string): Promise<void> => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    const child = spawn(python, [SERVER, '--student', student, '--dtype', dtype], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(child);
    const baseURL = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (data: Buffer) => resolve(data.toString().trim()));
      child.on('exit', () => reject(new Error('the server ended')));
    });
    await profile(baseURL, precision);
  };
  const profile = async (baseURL: string, precision: string): Promise<void> => {
    const box = { name: 'box', baseURL, model: 'student', precision };
    await writeFile(
      join(folder, 'tailor', 'students.json'),
      JSON.stringify({ v: 1, profiles: [box] }),
    );
  };

  beforeAll(async () => {
    ({ python } = await testPython());
    folder = await mkdtemp(join(tmpdir(), 'tailor-precision-'));
    project = join(folder, 'project');
    await smallPractice(project, { train: 12, dev: 4, unseen: 4 });
    student = join(project, PRACTICE_PATHS.student);
    await mkdir(join(folder, 'tailor'), { recursive: true });
    await profile('http://127.0.0.1:9/v1', 'float32');
    expect((await run('choose', '--server', 'box')).stderr).toBe('');
    // A base as it comes from elsewhere.
    await rm(join(student, 'parity.json'));
  });
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('a base without a record is examined unchecked, and says so; with one it is checked like any other', async () => {
    await serve('float32', 'float32');
    expect(await check()).toEqual(
      expect.objectContaining({ parity: { verdict: 'unchecked', by: 'box' }, recordable: true }),
    );
    const examined = await run('exam', '--set', 'dev');
    expect(examined.code, examined.stderr).toBe(0);
    expect(examined.stderr).toContain('tailor student --record');
    const said = await run('status');
    expect(said.stdout).toContain('round 0 (dev), server box: not checked');

    const recorded = await run('student', '--record');
    expect(recorded.code, recorded.stderr).toBe(0);
    expect(existsSync(join(student, 'parity.json'))).toBe(true);
    const again = await run('student', '--record');
    expect(again.code).toBe(3);
    expect(again.stderr).toContain('tailor student --record --force');
    const { parity, recordable } = await check();
    expect(parity).toMatchObject({ verdict: 'equal', by: 'box', compared: 'ids', nearTies: 0 });
    expect(recordable).toBe(false);
    expect((await run('exam', '--set', 'dev')).code).toBe(0);
    expect((await run('status')).stdout).toContain('round 0 (dev), server box: equal to');
    const state = JSON.parse(
      await readFile(join(project, 'rounds', '0', 'round.json'), 'utf8'),
    ) as unknown;
    expect(state).toMatchObject({ exams: { dev: { parity } } });
  }, 300_000);

  it.each([
    ['bfloat16', 'bfloat16', 'refused'],
    ['q8', 'quantised', 'plausible'],
  ] as const)(
    '%s is plausible by the tolerance of %s, and %s where the profile says float32: never equal',
    async (dtype, precision, strictly) => {
      await serve(dtype, precision);
      const { parity } = await check();
      if (parity.verdict === 'unchecked') throw new Error('it was to be checked');
      expect(parity.verdict).toBe('plausible');
      expect(parity.tolerance.source).toBe(precision);
      // What another arithmetic makes of the same weights lies between fp32's own differences and the tolerance.
      const { mean = 0, max = 0 } = parity.delta ?? {};
      expect(max).toBeGreaterThan(SERVED_TOLERANCE.float32.logprob);
      expect(mean).toBeLessThan(SERVED_TOLERANCE[precision].logprob / 4);
      const file = join(folder, 'tailor', 'students.json');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(`"${precision}"`, '"float32"'));
      const { code, stdout, stderr } = await run('student');
      expect(code, stderr).toBe(strictly === 'refused' ? 6 : 0);
      if (strictly === 'refused') expect(stderr).toContain('vllm serve');
      else expect(stdout).toContain('plausible by the trainer’s record');
    },
    300_000,
  );
});
