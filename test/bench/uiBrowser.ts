import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { ROOT } from '../../scripts/environment.mjs';
import { prepareRig } from '../e2e/rig/prepareRig.ts';
import type { ReviewPage } from '../e2e/rig/reviewPage.ts';
import { serveEditor } from '../e2e/rig/serve.ts';
import type { Workbench } from '../e2e/rig/workbench.ts';
import { writeReviewProject } from '../fakes/reviewData.ts';
import { middle, Openings, part } from './uiOpening.ts';

/** What experience asks of the views, in milliseconds and KiB; twice of it fails the bench. */
export const BROWSER_BUDGETS = {
  activationMs: 150,
  coldMs: 4000,
  warmMs: 500,
  moveP50Ms: 30,
  moveP95Ms: 60,
  decideP50Ms: 30,
  decideP95Ms: 60,
  reviewKiB: 250,
  reviewGzipKiB: 75,
  trainingKiB: 430,
  trainingGzipKiB: 140,
} as const;

type Figures = Record<keyof typeof BROWSER_BUDGETS, number>;
export interface Measured extends Figures {
  /** The panel opened again at once, while the host still reads the round. */
  readonly whileReadingMs: number;
  /** All that the medians above are of. */
  readonly activations: readonly number[];
  readonly warms: readonly number[];
  /** Processes that wanted to run, by the system's average of a minute, before and after. */
  readonly load: readonly [number, number];
}

const ACTIVATIONS = 3;
const WARMS = 5;

/** Opens Review over `count` mistakes in a real VS Code and works it by keys; null where no browser is. */
export async function measureBrowser(count: number): Promise<Measured | null> {
  const rig = await prepareRig();
  if (rig.missing !== null) return null;
  const before = loadNow();
  const scratch = mkdtempSync(join(tmpdir(), 'tailor-bench-view-'));
  const ends: (() => Promise<void>)[] = [];
  try {
    const folder = join(scratch, 'project');
    await writeReviewProject(folder, count);
    const { workbench } = await serveEditor(rig, scratch, { folder }, (end) => ends.push(end));
    await workbench.showTailor();
    await workbench
      .treeRow(/round 0/iu)
      .first()
      .waitFor();
    const openings = await Openings.watch(workbench);
    const [, coldMs] = await openings.open();
    await openings.close();
    const [early, whileReadingMs] = await openings.open();
    await openings.read(early, count);
    let review = early;
    const warms: number[] = [];
    while (warms.length < WARMS) {
      await openings.close();
      const [again, ms] = await openings.open();
      review = again;
      warms.push(ms);
    }
    await review.focusQueue();
    const move = await keyToPaint(review, 'j', 60);
    const decide = await keyToPaint(review, 'a', 40);
    if ((await review.undoLabel()) === null) throw new Error('nothing was decided');
    await openings.close();
    const activations = [await activation(workbench)];
    while (activations.length < ACTIVATIONS) {
      await workbench.reload();
      await workbench
        .treeRow(/round 0/iu)
        .first()
        .waitFor();
      activations.push(await activation(workbench));
    }
    return {
      activationMs: middle(activations),
      coldMs,
      warmMs: middle(warms),
      whileReadingMs,
      activations,
      warms,
      load: [before, loadNow()],
      moveP50Ms: part(move, 0.5),
      moveP95Ms: part(move, 0.95),
      decideP50Ms: part(decide, 0.5),
      decideP95Ms: part(decide, 0.95),
      ...bundleSizes(),
    };
  } finally {
    for (const end of ends.reverse()) await end();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

function bundleSizes() {
  const kib = (name: string): readonly [number, number] => {
    const bundle = readFileSync(join(ROOT, 'dist', 'webview', `${name}.js`));
    return [bundle.length / 1024, gzipSync(bundle).length / 1024];
  };
  const [reviewKiB, reviewGzipKiB] = kib('review');
  const [trainingKiB, trainingGzipKiB] = kib('training');
  return { reviewKiB, reviewGzipKiB, trainingKiB, trainingGzipKiB };
}

/** How long our own code took when VS Code activated it, by VS Code's own account. */
async function activation(workbench: Workbench): Promise<number> {
  await workbench.command('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .extension').filter({
    hasText: 'Tailor',
  });
  const text = await row.locator('.activation-time').innerText();
  const found = /([\d.]+)\s*ms/u.exec(text)?.[1];
  if (found === undefined) throw new Error(`no activation time in "${text}"`);
  return Number(found);
}

/** Runs in the page: notes for every key how long it took from its own time stamp to the task after its frame. */
const LISTEN = `(() => {
  const seen = [];
  const listen = (event) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => seen.push(performance.now() - event.timeStamp);
    port2.postMessage(null);
  });
  addEventListener('keydown', listen, { capture: true });
  globalThis.takeKeyTimes = () => {
    removeEventListener('keydown', listen, { capture: true });
    return seen;
  };
})()`;

async function keyToPaint(review: ReviewPage, key: string, times: number): Promise<number[]> {
  await review.frame.evaluate(LISTEN);
  for (let index = 0; index < times; index += 1) {
    await review.press(key);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  const seen = z.array(z.number()).parse(await review.frame.evaluate('takeKeyTimes()'));
  if (seen.length < times) throw new Error(`${seen.length} of ${times} keys were seen`);
  return seen;
}

const loadNow = (): number => loadavg()[0] ?? 0;

/** What exceeds its budget twofold, as sentences. */
export function browserExcesses(name: string, measured: Measured): string[] {
  return Object.entries(BROWSER_BUDGETS).flatMap(([key, budget]) => {
    // SAFETY: every budget is of a figure.
    const value = measured[key as keyof Figures];
    return value > 2 * budget ? [`${name} ${key}: ${Math.round(value)}, budget ${budget}`] : [];
  });
}
