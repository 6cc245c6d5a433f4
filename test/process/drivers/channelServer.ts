// A child process that serves the sample contract over its IPC channel, until it is told to stop.
import { serve } from '../../../src/shared/serve.ts';
import { ChannelError } from '../../../src/shared/contract.ts';
import { sampleContract } from '../../fakes/channel.ts';

const server = serve(
  sampleContract,
  {
    post: (message) => void process.send?.(message),
    listen: (listener) => {
      process.on('message', listener);
      return () => void process.off('message', listener);
    },
  },
  {
    add: ({ a, b }) => a + b,
    fail: ({ how }) => {
      if (how === 'dispose') {
        setTimeout(() => server.dispose(), 0);
        return new Promise<null>(() => undefined);
      }
      throw new ChannelError({ code: 'STALE', message: 'Asked too late.' });
    },
    wait: (_params, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          server.emit('tick', { n: 7 });
          resolve('aborted');
        });
      }),
  },
);
server.emit('tick', { n: 1 });
