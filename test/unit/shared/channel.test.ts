import { fork } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { connect } from '../../../src/shared/connect.ts';
import { ChannelError, type Handlers, type Port } from '../../../src/shared/contract.ts';
import { serve } from '../../../src/shared/serve.ts';
import { portPair, sampleContract, type SampleContract } from '../../fakes/channel.ts';

const HANDLERS: Handlers<SampleContract> = {
  add: ({ a, b }) => a + b,
  fail: () => null,
  wait: () => new Promise(() => undefined),
};

function pair(handlers: Partial<Handlers<SampleContract>> = {}) {
  const { left, right } = portPair();
  const onError = vi.fn();
  const onClientError = vi.fn();
  const server = serve(sampleContract, left, { ...HANDLERS, ...handlers }, { onError });
  const client = connect(sampleContract, right, { onError: onClientError });
  return { left, right, server, client, onError, onClientError };
}

const failure = async (promise: Promise<unknown>): Promise<ChannelError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ChannelError);
  return error instanceof ChannelError ? error : expect.unreachable();
};
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('the channel', () => {
  it('answers a request, and types its parameters', async () => {
    const { client } = pair();
    await expect(client.request('add', { a: 2, b: 3 })).resolves.toBe(5);
    // @ts-expect-error a parameter of the wrong type does not compile
    await expect(client.request('add', { a: '2', b: 3 })).rejects.toThrow('asked wrongly: a');
  });

  it('checks parameters before the handler runs', async () => {
    const add = vi.fn(() => 0);
    const { right, left } = pair({ add });
    right.post({ kind: 'request', id: 9, method: 'add', params: { a: 1 } });
    await turn();
    expect(left.posted).toMatchObject([{ kind: 'error', id: 9, error: { code: 'BAD_PARAMS' } }]);
    expect(add).not.toHaveBeenCalled();
  });

  it('answers unknown methods with a code, inherited names too', async () => {
    const { right, left } = pair();
    for (const [id, method] of ['nothing', 'toString', '__proto__', 'constructor'].entries()) {
      right.post({ kind: 'request', id, method, params: {} });
    }
    await turn();
    expect(left.posted).toHaveLength(4);
    for (const answer of left.posted) {
      expect(answer).toMatchObject({ kind: 'error', error: { code: 'UNKNOWN_METHOD' } });
    }
  });

  it('checks results and events before anybody sees them', async () => {
    const { client, left, server, onClientError } = pair({
      // SAFETY: a wrong result on purpose.
      add: () => 'five' as unknown as number,
    });
    expect((await failure(client.request('add', { a: 2, b: 3 }))).code).toBe('BAD_RESULT');
    const heard = vi.fn();
    client.on('tick', heard);
    left.post({ kind: 'event', name: 'tick', payload: { n: 'one' } });
    left.post({ kind: 'event', name: 'toString', payload: {} });
    left.post('noise');
    server.emit('tick', { n: 2 });
    await turn();
    expect(heard.mock.calls).toEqual([[{ n: 2 }]]);
    expect(onClientError).toHaveBeenCalledTimes(1);
  });

  it('answers a throwing handler with its code and hint, never its stack', async () => {
    const cause = new Error('secret stack');
    const { client, left, onError } = pair({
      fail: () => {
        throw new AppError('round.frozen', 'Round 2 is frozen.', { hint: 'Wait.', cause });
      },
    });
    const error = await failure(client.request('fail', { how: 'coded' }));
    expect(error).toMatchObject({
      code: 'round.frozen',
      message: 'Round 2 is frozen.',
      hint: 'Wait.',
    });
    expect(JSON.stringify(left.posted)).not.toMatch(/stack|\.ts:/u);
    expect(onError).not.toHaveBeenCalled();
  });

  it.each([
    ['an error', new Error('at /home/someone/secret.ts')],
    ['no error at all', 'text'],
    ['nothing', null],
    ['a system error', Object.assign(new Error('open /home/someone'), { code: 'ENOENT' })],
  ])('says of %s that nobody foresaw only that it happened', async (_name, thrown) => {
    const { client, left, onError } = pair({
      fail: () => {
        throw thrown as Error;
      },
    });
    expect((await failure(client.request('fail', { how: '' }))).code).toBe('unexpected');
    expect(JSON.stringify(left.posted)).not.toContain('someone');
    expect(onError).toHaveBeenCalledWith(thrown, 'fail');
  });

  it('answers when a result cannot be sent', async () => {
    const { client } = pair({
      // SAFETY: a function cannot cross: on purpose.
      add: () => (() => 1) as unknown as number,
    });
    expect((await failure(client.request('add', { a: 1, b: 1 }))).code).toBe('unexpected');
  });

  it('posts a cancel when the asker gives up, and aborts the handler', async () => {
    let handlerSignal: { readonly aborted: boolean } | undefined;
    const { client, right } = pair({
      wait: (_params, signal) => {
        handlerSignal = signal;
        return new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve('too late')),
        );
      },
    });
    const stop = new AbortController();
    const asked = failure(client.request('wait', {}, stop.signal));
    await turn();
    stop.abort();
    expect((await asked).code).toBe('CANCELLED');
    await turn();
    expect(right.posted.at(-1)).toEqual({ kind: 'cancel', id: 1 });
    expect(handlerSignal?.aborted).toBe(true);
    const again = client.request('wait', {}, AbortSignal.abort());
    expect((await failure(again)).code).toBe('CANCELLED');
    expect(right.posted).toHaveLength(2);
  });

  it('rejects what waits when the asking side is disposed, and asks no more', async () => {
    const { client, right } = pair();
    const asked = failure(client.request('wait', {}));
    client.dispose();
    client.dispose();
    expect((await asked).code).toBe('DISPOSED');
    expect(right.listening()).toBe(0);
    expect((await failure(client.request('add', { a: 1, b: 1 }))).code).toBe('DISPOSED');
  });

  it('rejects what waits when the serving side is disposed, aborts its handlers, and is silent then', async () => {
    let aborted = false;
    const { client, server, left } = pair({
      wait: (_params, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve('late');
          });
        }),
    });
    const asked = failure(client.request('wait', {}));
    await turn();
    server.dispose();
    expect((await asked).code).toBe('DISPOSED');
    expect(aborted).toBe(true);
    server.emit('tick', { n: 1 });
    await turn();
    expect(left.posted).toHaveLength(1);
    expect(left.listening()).toBe(0);
  });

  it('ignores late and unasked answers', async () => {
    const { client, left } = pair();
    left.post({ kind: 'ok', id: 77, result: 1 });
    left.post({ kind: 'error', id: 78, error: { code: 'X', message: 'x' } });
    await turn();
    await expect(client.request('add', { a: 1, b: 1 })).resolves.toBe(2);
    left.post({ kind: 'ok', id: 1, result: 99 });
    await turn();
  });

  it('takes no answer to a page that is gone for one to the page that came after it', async () => {
    const { left, right } = portPair();
    const release: ((n: number) => void)[] = [];
    serve(sampleContract, left, {
      ...HANDLERS,
      add: () => new Promise((resolve) => release.push(resolve)),
    });
    void connect(sampleContract, right, { firstId: 1 }).request('add', { a: 1, b: 1 });
    await turn();
    const second = connect(sampleContract, right, { firstId: 1000 });
    const asked = second.request('add', { a: 2, b: 2 });
    await turn();
    release[0]?.(2);
    release[1]?.(4);
    await expect(asked).resolves.toBe(4);
  });

  it('lets no throwing listener keep an event from the others', async () => {
    const { client, server, onClientError } = pair();
    const heard = vi.fn();
    client.on('tick', () => {
      throw new Error('listener');
    });
    const off = client.on('tick', heard);
    server.emit('tick', { n: 1 });
    await turn();
    off();
    server.emit('tick', { n: 2 });
    await turn();
    expect(heard).toHaveBeenCalledTimes(1);
    expect(onClientError).toHaveBeenCalledTimes(2);
  });
});

describe('the channel over a process', () => {
  it('keeps its rules: answers, codes, cancel, events, dispose', async () => {
    const child = fork(join(import.meta.dirname, '../../process/drivers/channelServer.ts'), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    const port: Port = {
      post: (message) => void child.send(structuredClone(message) as object),
      listen: (listener) => {
        child.on('message', listener);
        return () => void child.off('message', listener);
      },
    };
    try {
      const client = connect(sampleContract, port);
      const ticks: number[] = [];
      client.on('tick', ({ n }) => ticks.push(n));
      await expect(client.request('add', { a: 20, b: 22 })).resolves.toBe(42);
      expect((await failure(client.request('fail', { how: 'coded' }))).code).toBe('STALE');
      const stop = new AbortController();
      const waiting = failure(client.request('wait', {}, stop.signal));
      await client.request('add', { a: 1, b: 1 });
      stop.abort();
      expect((await waiting).code).toBe('CANCELLED');
      await vi.waitFor(() => expect(ticks).toEqual([1, 7]), { timeout: 10_000 });
      const left = await failure(client.request('fail', { how: 'dispose' }));
      expect(left.code).toBe('DISPOSED');
    } finally {
      child.kill();
    }
  });
});
