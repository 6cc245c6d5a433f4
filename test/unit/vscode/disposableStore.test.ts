import { describe, expect, it } from 'vitest';
import { DisposableStore } from '../../../src/vscode/disposableStore.ts';

function setUp() {
  const ended: string[] = [];
  const errors: unknown[] = [];
  const store = new DisposableStore((error) => errors.push(error));
  const named = (name: string) => ({ dispose: () => ended.push(name) });
  return { ended, errors, store, named };
}

describe('DisposableStore', () => {
  it('ends everything once, last added first', () => {
    const { ended, store, named } = setUp();
    const first = named('first');
    expect(store.add(first)).toBe(first);
    store.add(named('second'));
    store.dispose();
    store.dispose();
    expect(ended).toEqual(['second', 'first']);
  });

  it('goes on past one that throws, and hands the error over', () => {
    const { ended, errors, store, named } = setUp();
    const failure = new Error('stuck');
    store.add(named('first'));
    store.add({
      dispose: () => {
        throw failure;
      },
    });
    store.add(named('third'));
    store.dispose();
    expect(ended).toEqual(['third', 'first']);
    expect(errors).toEqual([failure]);
  });

  it('ends at once what is added after its end', () => {
    const { ended, store, named } = setUp();
    store.dispose();
    store.add(named('late'));
    expect(ended).toEqual(['late']);
  });
});
