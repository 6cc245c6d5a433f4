import { describe, expect, it } from 'vitest';
import { ProgressLine } from '../../../../src/node/terminal/progressLine.ts';

function line(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  const clock = { now: 0 };
  const sink = { isTTY, columns, write: (text: string) => written.push(text) };
  return { written, clock, progress: new ProgressLine(sink, () => clock.now) };
}
const at = (done: number, stage = 'exam') => ({ stage, done, total: 10, etaMs: 61_000 });

describe('ProgressLine', () => {
  it('rewrites one line on a terminal, at most ten times a second, never wider than it', () => {
    const { written, clock, progress } = line(true, 20);
    progress.report(at(1));
    clock.now = 50;
    progress.report(at(2));
    clock.now = 200;
    progress.report(at(3));
    expect(written).toHaveLength(2);
    expect(written[1]).toBe(`\r\u001b[2K${'  exam 3/10, 1 min 01 s left'.slice(0, 19)}`);
    progress.line('A word that stays');
    expect(written.slice(2)).toEqual(['\r\u001b[2K', 'A word that stays\n']);
  });

  it('writes whole lines elsewhere: when a stage begins, when it ends, and now and then', () => {
    const { written, clock, progress } = line(false);
    progress.report(at(1));
    clock.now = 10_000;
    progress.report(at(2));
    clock.now = 15_001;
    progress.report(at(3));
    progress.report({ ...at(10), etaMs: 0 });
    progress.report({ stage: 'training', done: 0, total: 0, etaMs: null, note: 'loading' });
    expect(written).toEqual([
      '  exam 1/10, 1 min 01 s left\n',
      '  exam 3/10, 1 min 01 s left\n',
      '  exam 10/10\n',
      '  training · loading\n',
    ]);
    progress.clear();
    expect(written).toHaveLength(4);
  });

  it('says the end of a stage once', () => {
    const { written, progress } = line(false);
    progress.report(at(10));
    progress.report(at(10));
    expect(written).toEqual(['  exam 10/10\n']);
  });

  it('threat 10: shows what a stage or a warning hides', () => {
    const { written, progress } = line(false);
    progress.report({ ...at(1, 'exam \u001b[31m'), etaMs: null, note: '\u202e' });
    progress.line('Line 3 of \u001b]0;x\u0007 is bad');
    expect(written.join('')).toBe(
      '  exam \\u{1b}[31m 1/10 · \\u{202e}\nLine 3 of \\u{1b}]0;x\\u{7} is bad\n',
    );
  });
});
