import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';
import * as z from 'zod/mini';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const found = z.array(
  z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string(), target: z.unknown() })) }),
);

/** What axe objects to inside a webview, one line for each element. */
export async function objectionsOfAxe(frame: Frame): Promise<string[]> {
  const there = await frame.evaluate('typeof axe !== "undefined"');
  if (there !== true) await frame.evaluate(SOURCE);
  const run =
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => JSON.parse(JSON.stringify(violations)))';
  const violations = found.parse(await frame.evaluate(run));
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, target }) => `${id}: ${JSON.stringify(target)} ${html.slice(0, 200)}`),
  );
}
