import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../src/core/errors.ts';
import { EXIT, exitCodeOf } from '../../../../src/node/terminal/exitCodes.ts';
import { ROOT } from '../../guards/repositoryFiles.ts';

const cases: readonly (readonly [ErrorCode, number])[] = [
  ['usage', EXIT.usage],
  ['project.missing', EXIT.project],
  ['round.notReady', EXIT.project],
  ['data.invalid', EXIT.data],
  ['jsonl.badLine', EXIT.data],
  ['python.missing', EXIT.environment],
  ['trainer.depsMissing', EXIT.environment],
  ['trust.required', EXIT.environment],
  ['student.parity', EXIT.student],
  ['engine.crashed', EXIT.student],
  ['teacher.timeout.idle', EXIT.teacher],
  ['trainer.oom', EXIT.trainer],
  ['lock.held', EXIT.busy],
  ['store.diskFull', EXIT.storage],
  ['cancelled', EXIT.cancelled],
  ['trainer.cancelled', EXIT.cancelled],
  ['unexpected', EXIT.failed],
];

describe('exit codes', () => {
  it.each(cases)('%s ends with %d', (code, exit) => {
    expect(exitCodeOf(code)).toBe(exit);
  });

  it('gives every foreseen failure a code of its own kind: only "unexpected" is 1', () => {
    const source = readFileSync(join(ROOT, 'src/core/errors.ts'), 'utf8');
    const union = source.slice(source.indexOf('type ErrorCode'), source.indexOf('interface'));
    const codes = [...union.matchAll(/'([^']+)'/gu)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(50);
    // SAFETY: read from the union's own text a line above.
    const plain = codes.filter((code) => exitCodeOf(code as ErrorCode) === EXIT.failed);
    expect(plain).toEqual(['unexpected']);
  });

  it('uses each number once', () => {
    expect(new Set(Object.values(EXIT)).size).toBe(Object.keys(EXIT).length);
  });
});
