import * as z from 'zod';
import { sentence, type Sentence } from '../../core/sentence.ts';
import type { Clock } from '../../core/ports.ts';
import type { Fs } from './fs.ts';
import { systemCode } from './storeError.ts';

const holderSchema = z.object({
  pid: z.number().int().min(1),
  host: z.string().min(1),
  startTime: z.string().nullable(),
  nonce: z.string(),
  at: z.string(),
});
/** Who made a lock file. */
export type Holder = z.infer<typeof holderSchema>;

/** A file that does not parse may be half written where there are no hard links: given this long to become whole. */
const PATIENCE_MS = 2_000;
const LOOK_MS = 50;

/** Reads a lock file: its holder, or that it went away, or that it is damaged for good. */
export async function readHolder(
  fs: Fs,
  path: string,
  clock: Clock,
): Promise<{ readonly holder: Holder } | 'gone' | 'damaged'> {
  for (let waited = 0; ; waited += LOOK_MS) {
    let text: string;
    try {
      text = Buffer.from(await fs.readFile(path)).toString('utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return 'gone';
      throw error;
    }
    const holder = parseHolder(text);
    if (holder !== null) return { holder };
    if (waited >= PATIENCE_MS) return 'damaged';
    await clock.sleep(LOOK_MS);
  }
}

export function describeHolder(holder: Holder): Sentence {
  return sentence`process ${holder.pid} on ${holder.host} since ${holder.at}`;
}

function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
