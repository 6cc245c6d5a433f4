import { connect } from '../../src/shared/connect.ts';
import type { Client, Port } from '../../src/shared/contract.ts';
import { reviewContract, type ReviewContract } from '../../src/shared/reviewContract.ts';
import { serve } from '../../src/shared/serve.ts';
import type { MemoryHost } from './memoryHost.ts';

/** Two ports: what one posts the other hears, a moment later and as a copy, as over a real channel. */
export function portPair(): readonly [Port, Port] {
  const listeners: [Set<(message: unknown) => void>, Set<(message: unknown) => void>] = [
    new Set(),
    new Set(),
  ];
  const port = (mine: 0 | 1): Port => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of listeners[mine === 0 ? 1 : 0]) listener(copy);
      });
    },
    listen: (listener) => {
      listeners[mine].add(listener);
      return () => void listeners[mine].delete(listener);
    },
  });
  return [port(0), port(1)];
}

/** A client of a host in memory. */
export function clientOf(host: MemoryHost): Client<ReviewContract> {
  const [here, there] = portPair();
  const server = serve(reviewContract, there, host.handlers());
  host.onSnapshot((snapshot) => server.emit('snapshot', snapshot));
  host.onShow((id) => server.emit('show', { id }));
  host.onList((list) => server.emit('list', list));
  return connect(reviewContract, here);
}
