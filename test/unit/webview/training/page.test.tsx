// @vitest-environment happy-dom
import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '../../../../src/shared/contract.ts';
import type {
  Point,
  TrainingContract,
  TrainingSnapshot,
} from '../../../../src/shared/trainingContract.ts';
import { TrainingPage } from '../../../../webview/training/page.tsx';
import { readLook, TrainingStore } from '../../../../webview/training/store.ts';
import { trainingWords } from '../../../../src/shared/trainingWords.ts';
import { waitText } from '../../../../webview/training/text.ts';

const NO_PREFERENCE = { logpChosen: null, logpRejected: null, margin: null, accuracy: null };

const point = (step: number): Point => ({
  ...NO_PREFERENCE,
  step,
  lm: 1 / step,
  pair: step % 2 === 0 ? 0.5 : null,
  loss: 1,
  cosPos: 0.9,
  cosNeg: 0.1,
  activeFrac: 0.5,
  lr: 0.001,
  gradNorm: 2,
  tokPerS: 321.4,
});

const SNAPSHOT: TrainingSnapshot = {
  rev: 1,
  project: 'P',
  round: 0,
  runId: 'r0-a',
  runs: [{ round: 0, runId: 'r0-a', state: 'open', settings: null }],
  state: 'running',
  phase: 'training',
  part: null,
  step: 40,
  steps: 100,
  epoch: 0.4,
  etaMs: 125_000,
  device: 'CPU',
  precision: 'float32',
  coverage: { rows: 30, questions: 10, withPair: 6 },
  points: [1, 2, 3, 4].map(point),
  bySource: {
    self: {
      ...{ n: 4, lm: 0.12345, pair: null, cosPos: null, cosNeg: null, activeFrac: null },
      ...NO_PREFERENCE,
    },
    '\u202eodd': {
      ...{ n: 1, lm: 1, pair: 1, cosPos: 0.875, cosNeg: 0.625, activeFrac: 0.5 },
      ...NO_PREFERENCE,
    },
  },
  bySourceSteps: 4,
  sourceCurves: [],
  messages: [
    { t: '2026-01-01T10:00:00.000Z', level: 'info', text: 'First.', hint: null },
    { t: '2026-01-01T10:01:00.000Z', level: 'error', text: '<b>Bad\u200b</b>', hint: 'Less.' },
  ],
  firstBatch: {
    of: 9,
    rows: [
      {
        id: 'q-1',
        segments: [
          {
            kind: 'prompt',
            source: null,
            spans: [{ text: 'How many? <img src=x>', trained: false }],
            tokens: 5,
            trainedTokens: 0,
          },
          {
            kind: 'anchor',
            source: 'teacher',
            spans: [{ text: 'We add.', trained: true }],
            tokens: 3,
            trainedTokens: 3,
          },
        ],
      },
    ],
  },
  memoryMB: 512.4,
  canStop: true,
};

function show(snapshot: TrainingSnapshot = SNAPSHOT, look: unknown = null) {
  const asked: unknown[] = [];
  let tell: (snapshot: TrainingSnapshot) => void = () => undefined;
  const client = {
    request: (method: string, params: unknown) => {
      asked.push([method, params]);
      return Promise.resolve(method === 'init' ? { snapshot, strings: {} } : { rev: 1 });
    },
    on: (_name: string, listener: (snapshot: TrainingSnapshot) => void) => {
      tell = listener;
      return () => undefined;
    },
    dispose: () => undefined,
  };
  // SAFETY: a client that answers every request of the contract as its result schema says.
  const typed = client as unknown as Client<TrainingContract>;
  const store = new TrainingStore(typed, 'en', readLook(look));
  render(<TrainingPage store={store} />, document.body);
  return { asked, store, tell: (next: TrainingSnapshot) => tell(next) };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
const words = (selector: string): string[] =>
  all(selector).map(({ textContent }) => textContent.replaceAll(/\s+/gu, ' ').trim());

beforeEach(() => {
  document.body.replaceChildren();
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = (): void => undefined;
      disconnect = (): void => undefined;
    },
  );
});
afterEach(() => {
  render(null, document.body);
  vi.unstubAllGlobals();
});

describe('the Training page', () => {
  it('says how the run goes', async () => {
    const { store } = show();
    expect(words('main')[0]).toContain('Loading');
    await store.start();
    await settle();
    expect(words('h1')[0]).toBe('Training · Round 0 · Running');
    expect(words('header .muted').join()).toContain('Step 40 of 100 · epoch 0.4 · 2 min left');
    const bar = document.querySelector('progress');
    expect([bar?.value, bar?.max, bar?.getAttribute('aria-label')]).toEqual([
      40,
      100,
      'Progress of the training',
    ]);
    expect(words('.facts')[0]).toContain('30 rationales of 10 questions');
    expect(words('[aria-live=polite]')).toEqual(['Training: Running']);
  });

  it('draws each curve with its course in words, without a style element', async () => {
    const { store } = show();
    await store.start();
    await settle();
    expect(words('figure h3')).toEqual([
      'Language-model loss',
      'Pair loss',
      'Cosine to the anchor',
      'Active pairs',
    ]);
    const labels = all('.picture').map((one) => one.getAttribute('aria-label'));
    expect(labels[0]).toBe('Language-model loss: from 1 at step 1 to 0.25 at step 4.');
    expect(labels[1]).toBe('Pair loss: from 0.5 at step 2 to 0.5 at step 4.');
    expect(all('svg.plot')).toHaveLength(4);
    expect(all('style, [style]')).toEqual([]);
    expect(all('svg.plot path[stroke-dasharray="5 3"]')).toHaveLength(1);
  });

  it('shows what preferences are about in the place of cosines, and how far the reference is', async () => {
    const { store, tell } = show();
    await store.start();
    const noTriplet = { cosPos: null, cosNeg: null, activeFrac: null };
    const said = { logpChosen: -1.25, logpRejected: -2.5, margin: 0.5, accuracy: 0.75 };
    tell({
      ...SNAPSHOT,
      ...{ rev: 2, phase: 'referencing', part: { done: 3, of: 12 } },
      points: SNAPSHOT.points.map((one) => ({ ...one, ...noTriplet, ...said })),
      bySource: { self: { n: 4, lm: 1, pair: 0.5, ...noTriplet, ...said } },
    });
    await settle();
    expect(words('header .muted').join()).toContain(
      'Asking the starting student about the pairs (3 of 12) · Step 40 of 100',
    );
    expect(words('figure h3')).toEqual([
      'Language-model loss',
      'Pair loss',
      'Log-probability for each token',
      'Preference margin',
      'Chosen preferred',
    ]);
    expect(words('.sources thead th').slice(2)).toEqual([
      'Language-model loss',
      'Pair loss',
      'Log-probability of the chosen',
      'Log-probability of the rejected',
      'Preference margin',
      'Chosen preferred',
    ]);
    expect(words('.sources tbody td')).toEqual(['4', '1', '0.5', '-1.25', '-2.5', '0.5', '0.75']);
  });

  it('draws the loss of each source, where there are several', async () => {
    const curve = (source: string, ...lm: number[]) => ({
      source,
      points: lm.map((value, step) => ({ step, lm: value })),
    });
    const { store, tell } = show();
    await store.start();
    const sourceCurves = [curve('self', 2, 1), curve('\u202eodd', 3, 0.5)];
    tell({ ...SNAPSHOT, rev: 2, sourceCurves });
    await settle();
    expect(words('figure h3').at(-1)).toBe('Language-model loss by source');
    expect(all('.picture').at(-1)?.getAttribute('aria-label')).toBe(
      'Student’s own right attempts: from 2 at step 0 to 1 at step 1. ⟨U+202E⟩odd: from 3 at step 0 to 0.5 at step 1.',
    );
    tell({ ...SNAPSHOT, rev: 3, sourceCurves: sourceCurves.slice(0, 1) });
    await settle();
    expect(words('figure h3')).toHaveLength(4);
  });

  it('shows any curve as a table, and the rest on demand', async () => {
    const { store } = show();
    await store.start();
    store.toggleTable('pair');
    store.showMore(true);
    await settle();
    expect(words('figure h3')).toHaveLength(7);
    expect(words('figure table tbody tr')).toEqual(['20.5', '40.5']);
    expect(store.look.peek()).toEqual({ tables: ['pair'], more: true });
    store.toggleTable('pair');
    await settle();
    expect(all('figure table')).toEqual([]);
  });

  it('threat 6: shows texts of data and trainer as text, and what hides in them', async () => {
    const { store } = show();
    await store.start();
    await settle();
    expect(all('img, b')).toEqual([]);
    expect(words('.message')[0]).toContain('<b>BadU+200B</b>Less.');
    expect(words('.message')[1]).toContain('First.');
    expect(words('.numbers tbody th')).toEqual(['Student’s own right attempts', 'U+202Eodd']);
  });

  it('marks what is learnt by more than a colour', async () => {
    const { store } = show();
    await store.start();
    await settle();
    expect(words('.learnt')).toEqual(['learnt: We add. end of learnt words']);
    expect(words('.segment-prompt')[0]).toContain('0 of 5 tokens learnt');
    expect(words('.segment-anchor h3')[0]).toContain('Teacher · 3 of 3 tokens learnt');
  });

  it('stops, trains again and shows another run, each at its time', async () => {
    const { store, asked, tell } = show();
    await store.start();
    await settle();
    const press = (text: string): void => {
      const button = all('vscode-button').find((one) => one.textContent.includes(text));
      button?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    };
    press('Stop');
    press('Train Again');
    await settle();
    expect(asked.slice(1)).toEqual([['run', { verb: 'stop' }]]);
    const runs = [...SNAPSHOT.runs, { round: 1, runId: 'r1-b', state: 'done', settings: null }];
    tell({ ...SNAPSHOT, rev: 2, runs, state: 'failed', canStop: false });
    await settle();
    press('Train Again');
    const select = document.querySelector('select');
    expect(words('option')).toEqual(['Round 1: r1-b (Done)', 'Round 0: r0-a (Not finished)']);
    if (select) {
      select.value = '1/r1-b';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }
    await settle();
    expect(asked.slice(2)).toEqual([
      ['run', { verb: 'train' }],
      ['show', { round: 1, runId: 'r1-b' }],
    ]);
  });

  it('takes no older snapshot for a newer one', async () => {
    const { store, tell } = show({ ...SNAPSHOT, rev: 5 });
    await store.start();
    tell({ ...SNAPSHOT, rev: 4, step: 1 });
    expect(store.snapshot.peek()?.step).toBe(40);
  });

  it('reads what it kept and nothing else', () => {
    expect(readLook({ tables: ['lm', 3], more: true })).toEqual({ tables: ['lm'], more: true });
    expect(readLook('x')).toEqual({ tables: [], more: false });
  });

  it('says a wait as coarsely as one wants to know it', () => {
    const text = trainingWords({}, 'en');
    expect([9_000, 300_000, 7_500_000].map((ms) => waitText(text, ms))).toEqual([
      '9 s',
      '5 min',
      '2 h 5 min',
    ]);
  });
});
