// Usage: node snapshotForever.ts FILE. Replaces the file until killed; each content starts with its own SHA-256.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { writeSnapshot } from '../../../src/node/storage/snapshot.ts';

writeSync(1, 'ready\n');
for (let index = 0; ; index += 1) {
  const body = `${process.pid}-${index}\n`.repeat(20_000);
  const digest = createHash('sha256').update(body).digest('hex');
  await writeSnapshot(process.argv[2] ?? '', `${digest}\n${body}`);
  writeSync(1, `${process.pid}-${index}\n`);
}
