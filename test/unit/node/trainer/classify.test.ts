import { describe, expect, test } from 'vitest';
import {
  classifyEnd,
  codeOfTrainer,
  type EndOfRun,
  type TrainerErrorRecord,
} from '../../../../src/node/trainer/classify.ts';

const quiet: EndOfRun = {
  exit: { code: null, signal: null },
  logTail: [],
  record: null,
  saidHello: true,
  logPath: '/run/train.log',
};

function record(code: TrainerErrorRecord['code']): TrainerErrorRecord {
  return {
    v: 1,
    seq: 9,
    attempt: 1,
    t: '',
    runId: 'run-one',
    type: 'error',
    code,
    message: `The trainer said ${code}.`,
    hint: `Its hint for ${code}.`,
    traceback: null,
    retryable: false,
  };
}

describe('the class of an end', () => {
  test.each([
    ['BAD_CONFIG', 'trainer.badConfig'],
    ['DATA_INVALID', 'trainer.dataInvalid'],
    ['MODEL_LOAD', 'trainer.modelLoad'],
    ['NO_GPU', 'trainer.badConfig'],
    ['OOM', 'trainer.oom'],
    ['NONFINITE', 'trainer.nonFinite'],
    ['DISK_FULL', 'trainer.diskFull'],
    ['CKPT_MISMATCH', 'trainer.checkpointMismatch'],
    ['PROTOCOL', 'trainer.protocol'],
    ['DEPS_MISSING', 'trainer.depsMissing'],
    ['INTERNAL', 'trainer.crashed'],
  ] as const)('of a record %s is %s, with its message and hint', (code, expected) => {
    const error = classifyEnd({ ...quiet, record: record(code) });
    expect(error).toMatchObject({
      code: expected,
      message: `The trainer said ${code}.`,
      hint: `Its hint for ${code}.`,
      detail: { trainerCode: code },
    });
  });

  test.each([
    [{ code: null, signal: 'SIGKILL' }, 'trainer.killed'],
    [{ code: null, signal: 9 }, 'trainer.killed'],
    [{ code: 137, signal: null }, 'trainer.killed'],
    [{ code: -9, signal: null }, 'trainer.killed'],
    [{ code: null, signal: 'SIGTERM' }, 'trainer.killed'],
    [{ code: 5, signal: null }, 'trainer.oom'],
    [{ code: 1, signal: null }, 'trainer.crashed'],
    [{ code: null, signal: 'SIGSEGV' }, 'trainer.crashed'],
    [{ code: null, signal: null }, 'trainer.crashed'],
  ])('of an exit %j without a record is %s', (exit, expected) => {
    expect(classifyEnd({ ...quiet, exit }).code).toBe(expected);
    expect(classifyEnd({ ...quiet, exit, record: record('INTERNAL') }).code).toBe(expected);
  });

  test.each([
    ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB', 'trainer.oom'],
    ["RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory", 'trainer.oom'],
    ['MemoryError', 'trainer.oom'],
    ["ModuleNotFoundError: No module named 'safetensors'", 'trainer.depsMissing'],
    ['ImportError: libcudart.so.12: cannot open shared object file', 'trainer.depsMissing'],
    ['ValueError: something else', 'trainer.crashed'],
  ])('of the log line "%s" is %s', (line, expected) => {
    const exit = { code: 1, signal: null };
    expect(classifyEnd({ ...quiet, exit, logTail: ['Traceback', line, ''] }).code).toBe(expected);
  });

  test('the own record of the trainer speaks before log and exit', () => {
    const exit = { code: null, signal: 'SIGKILL' };
    const logTail = ['CUDA out of memory'];
    expect(classifyEnd({ ...quiet, exit, logTail, record: record('NONFINITE') }).code).toBe(
      'trainer.nonFinite',
    );
  });
});

test('a code of the trainer is the same error after a dry run as after a run', () => {
  expect(codeOfTrainer('DEPS_MISSING')).toBe('trainer.depsMissing');
  expect(codeOfTrainer('BAD_CONFIG')).toBe('trainer.badConfig');
  expect(codeOfTrainer('MODEL_LOAD')).toBe('trainer.modelLoad');
  expect(codeOfTrainer('toString')).toBe('trainer.badConfig');
});
