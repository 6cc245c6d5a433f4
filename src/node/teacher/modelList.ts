import * as z from 'zod';
import { cancelled } from '../../core/errors.ts';
import { guardFetch } from './guardedFetch.ts';
import type { TransportSettings } from './openaiTransport.ts';
import { Watchdog } from './watchdog.ts';

const MAX_BYTES = 8 * 1024 * 1024;

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })).min(1) });

/** The models that a server lists; null where it has no list that can be read, which is no failure. Throws `cancelled`. */
export async function listedModels(
  settings: TransportSettings,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const { baseURL, key, headers, deadlines } = settings;
  const folder = baseURL.pathname.replace(/\/$/u, '');
  const guarded = guardFetch({
    origin: baseURL.origin,
    path: folder,
    key,
    headers,
    maxBytes: MAX_BYTES,
    onResponse: () => undefined,
  });
  const watchdog = new Watchdog(deadlines, signal);
  let listed: readonly string[] | null = null;
  try {
    await watchdog.guard(
      (async () => {
        const response = await guarded.fetch(`${baseURL.origin}${folder}/models`, {
          method: 'GET',
          signal: watchdog.signal,
        });
        const parsed = listSchema.safeParse(JSON.parse(await response.text()));
        listed = response.ok && parsed.success ? parsed.data.data.map(({ id }) => id) : null;
      })(),
    );
  } catch {
    // Many servers have no such address, and what is wrong with all requests is told by the questions.
    listed = null;
  } finally {
    watchdog.end();
  }
  if (signal.aborted) throw cancelled();
  return listed;
}

/** Whether a model is in a server's list, also under the longer names that servers list it by. */
export function isListed(model: string, listed: readonly string[]): boolean {
  return listed.some((id) => [model, `${model}:latest`, `models/${model}`].includes(id));
}
