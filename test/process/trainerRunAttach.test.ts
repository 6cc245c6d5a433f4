import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, rm, mkdir, writeFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { isAppError } from '../../src/core/errors.ts';
import { startTimeOf, thisHost } from '../../src/node/storage/processIdentity.ts';
import { isRunning } from '../../src/node/trainer/processGroup.ts';
import { inspectRun } from '../../src/node/trainer/trainerRun.ts';
import { REPOSITORY, RunHarness, until, type StubPlan } from '../fakes/runHarness.ts';

const harnesses: RunHarness[] = [];
const hosts: ChildProcess[] = [];

async function harness(plan: StubPlan): Promise<RunHarness> {
  const made = await RunHarness.create(plan);
  harnesses.push(made);
  return made;
}

afterEach(async () => {
  for (const host of hosts.splice(0)) host.kill('SIGKILL');
  await Promise.all(harnesses.splice(0).map((made) => made.dispose()));
});

/** Starts a host of its own, which runs or follows the same folder. */
function startHost(
  run: RunHarness,
  ...more: readonly string[]
): {
  readonly child: ChildProcess;
  readonly said: () => string[];
} {
  let output = '';
  const child = spawn(
    process.execPath,
    [
      '--experimental-strip-types',
      '--no-warnings',
      join(REPOSITORY, 'test/fakes/hostDriver.ts'),
      run.project,
      run.folder,
      ...more,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: run.project },
  );
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  hosts.push(child);
  return { child, said: () => output.split('\n').slice(0, -1) };
}

test('fault: host killed while training: the run goes on and a new host sees every record', async () => {
  const run = await harness({ steps: 60, stepMs: 25, saveEvery: 10 });
  const host = startHost(run);
  await until(() => (host.said().some((line) => line.startsWith('progress')) ? true : undefined));
  host.child.kill('SIGKILL');
  await until(() => (host.child.signalCode === 'SIGKILL' ? true : undefined));
  const { end } = await run.start();
  const { error } = await end;
  expect(error).toBeNull();
  expect((await run.launch()).attempt).toBe(1);
  expect(run.events.map((event) => event.seq)).toEqual(run.events.map((_, index) => index));
  const steps = run.events.flatMap((event) => (event.type === 'progress' ? [event.step] : []));
  expect(steps).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
});

test('fault: host killed while training: stop works from the new host', async () => {
  const run = await harness({ steps: 2000, stepMs: 20 });
  const host = startHost(run);
  await until(() => (host.said().some((line) => line.startsWith('progress')) ? true : undefined));
  host.child.kill('SIGKILL');
  await until(() => (host.child.signalCode === 'SIGKILL' ? true : undefined));
  const { abort, end } = await run.start();
  await run.event((event) => event.type === 'progress');
  abort.abort();
  expect(isAppError((await end).error, 'cancelled')).toBe(true);
  expect((await run.recorded()).at(-1)?.type).toBe('cancelled');
});

test('fault: host killed while training, and the trainer too: classified, then resumed', async () => {
  const run = await harness({ steps: 2000, stepMs: 20, saveEvery: 2 });
  const host = startHost(run);
  await until(() => (host.said().some((line) => line.startsWith('checkpoint')) ? true : undefined));
  host.child.kill('SIGKILL');
  const { process: identity } = await run.launch();
  const following = await run.start();
  await run.event((event) => event.type === 'progress');
  process.kill(-identity!.pid, 'SIGKILL');
  const { error } = await following.end;
  // No parent saw the signal and the stub has no supervisor: the host can only say that it ended.
  expect(isAppError(error, 'trainer.crashed')).toBe(true);
  await run.plan({ steps: 3, stepMs: 1 });
  expect((await (await run.start()).end).error).toBeNull();
  expect((await run.launch()).attempt).toBe(2);
});

test('a host that leaves lets the run go on; coming back shows no gap', async () => {
  const run = await harness({ steps: 40, stepMs: 25 });
  const first = await run.start({ detachOnAbort: true });
  await run.event((event) => event.type === 'progress');
  first.abort.abort();
  expect(isAppError((await first.end).error, 'cancelled')).toBe(true);
  const { process: identity } = await run.launch();
  expect(await isRunning(identity!)).toBe(true);
  run.events.length = 0;
  expect((await (await run.start()).end).error).toBeNull();
  expect(run.events.map((event) => event.seq)).toEqual(run.events.map((_, index) => index));
  expect((await run.launch()).attempt).toBe(1);
});

test('a host that leaves comes to its own end at once, with the run as no reason to wait', async () => {
  const run = await harness({ steps: 100_000, stepMs: 20 });
  const host = startHost(run, 'leave');
  await until(() => (host.child.exitCode === null ? undefined : true));
  expect(host.said().at(-1)).toBe('end Stopped on request.');
  const { process: identity } = await run.launch();
  expect(await isRunning(identity!)).toBe(true);
});

test('fault: two windows + command line start one trainer and all see its end', async () => {
  const run = await harness({ steps: 40, stepMs: 25 });
  const host = startHost(run);
  const [one, two] = await Promise.all([run.start(), run.start()]);
  expect((await one.end).error).toBeNull();
  expect((await two.end).error).toBeNull();
  await until(() => (host.said().at(-1) === 'end done' ? true : undefined));
  const hellos = (await run.recorded()).filter((record) => record.type === 'hello');
  expect(hellos).toHaveLength(1);
});

/** A run folder as a host left it: launch.json and a hello, no terminal record. */
async function craft(run: RunHarness, left: { pid: number; startTime: string; host: string }) {
  const { pid, startTime, host } = left;
  const launch = {
    v: 1,
    attempt: 1,
    nonce: 'n',
    argv: ['/bin/false'],
    environment: [],
    lockGeneration: 1,
    host,
    at: new Date().toISOString(),
    logOffset: 0,
    process: { pid, startTime },
    failed: false,
  };
  await writeFile(join(run.folder, 'launch.json'), JSON.stringify(launch));
  const hello = {
    v: 1,
    seq: 0,
    attempt: 1,
    t: new Date().toISOString(),
    runId: run.config.runId,
    type: 'hello',
    protocol: [1],
    version: '1',
    python: '3.11',
    torch: null,
    transformers: null,
    pid,
    startTime,
    host,
    nonce: 'n',
  };
  await writeFile(join(run.folder, 'events.jsonl'), `${JSON.stringify(hello)}\n`);
}

test('fault: stale lock: dead pid, pid reuse: a run whose pid now is a stranger is resumed', async () => {
  const run = await harness({ steps: 2, stepMs: 1 });
  await craft(run, { pid: process.pid, startTime: 'another time', host: thisHost() });
  expect((await inspectRun(run.folder, run.config.runId)).status).toBe('ended');
  expect((await (await run.start()).end).error).toBeNull();
  expect((await run.launch()).attempt).toBe(2);
});

test('fault: stale lock: dead pid, pid reuse: the lock of a start is taken over', async () => {
  const run = await harness({ steps: 2, stepMs: 1 });
  const locks = join(run.project, '.tailor/locks');
  await mkdir(locks, { recursive: true });
  await writeFile(
    join(locks, 'train-run-one.00000001'),
    JSON.stringify({
      pid: process.pid,
      startTime: 'another time',
      host: thisHost(),
      nonce: 'x',
      at: new Date().toISOString(),
    }),
  );
  expect((await (await run.start()).end).error).toBeNull();
});

test('fault: stale lock: dead pid, pid reuse, other host: a run of another computer is shown and not touched', async () => {
  const run = await harness({ steps: 2, stepMs: 1 });
  const startTime = (await startTimeOf(process.pid)) ?? '';
  await craft(run, { pid: process.pid, startTime, host: 'another-computer' });
  await rm(join(run.folder, 'run.json'), { force: true });
  const before = await readFile(join(run.folder, 'events.jsonl'), 'utf8');
  const { error } = await (await run.start()).end;
  expect(isAppError(error, 'lock.otherHost')).toBe(true);
  expect(String(error)).toContain('another-computer');
  expect(await readFile(join(run.folder, 'events.jsonl'), 'utf8')).toBe(before);
  expect(await readdir(run.folder)).not.toContain('cancel');
  expect(await inspectRun(run.folder, run.config.runId)).toMatchObject({
    status: 'elsewhere',
    host: 'another-computer',
  });
  // What the hint says: a person who knows better removes launch.json.
  await rm(join(run.folder, 'launch.json'));
  expect((await (await run.start()).end).error).toBeNull();
});
