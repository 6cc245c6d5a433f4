import { expect, it } from 'vitest';
import { shellWord } from '../../../src/core/shellWord.ts';

it('quotes paths for the shell they are meant for', () => {
  const posix = { windows: false };
  expect(shellWord('/a/b-1.txt', posix)).toBe('/a/b-1.txt');
  expect(shellWord('/a b/$(x)', posix)).toBe("'/a b/$(x)'");
  expect(shellWord("/it's", posix)).toBe("'/it'\\''s'");
  expect(shellWord('C:\\a b', { windows: true })).toBe('"C:\\a b"');
});
