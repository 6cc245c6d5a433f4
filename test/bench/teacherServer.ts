/**
 * The server of `npm run bench -- teacher`, in a process of its own: what it holds and reckons is not the client's. It
 * answers every request at once, writes its address as its first line, and ends with its standard input.
 */
import { startFaultServer } from '../fakes/faultServer.ts';

const server = await startFaultServer(() => ({ kind: 'reply' }));
process.stdout.write(`${server.baseURL}\n`);
process.stdin.resume();
process.stdin.once('end', () => {
  process.stderr.write(`${server.seen.length} requests\n`);
  process.exit(0);
});
