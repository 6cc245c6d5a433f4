import { buildAll } from '../../esbuild.mjs';

/** Process tests fork the real bundles: build them once before the first test. */
export default async function setup(): Promise<void> {
  await buildAll();
}
