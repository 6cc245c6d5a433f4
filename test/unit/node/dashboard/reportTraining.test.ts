import { expect, it } from 'vitest';
import { dashboardState } from '../../../../src/core/report/dashboard.ts';
import { reportCsv } from '../../../../src/core/report/writing/csv.ts';
import { reportHtml } from '../../../../src/core/report/writing/html.ts';
import { reportMarkdown } from '../../../../src/core/report/writing/markdown.ts';
import { reportOf } from '../../../../src/core/report/writing/reportOf.ts';
import type { DashboardState } from '../../../../src/shared/dashboardContract.ts';
import { dashboardWords } from '../../../../src/shared/dashboardWords.ts';
import { PAGE_INK } from '../../../../src/shared/pictures/ink.ts';
import { curvePicture, measuredCurves } from '../../../../src/shared/pictures/trainingPictures.ts';
import { trainingWords } from '../../../../src/shared/trainingWords.ts';
import { csvRows, markdownTables, plain } from '../../../fakes/reportTexts.ts';
import { PROBES, trainingOf } from '../../../webview/boardHost.ts';
import { boardProject } from '../../../webview/boardProject.ts';

const words = dashboardWords({}, 'en');
const training = trainingOf();

function stateOf(over: Partial<DashboardState> = {}): DashboardState {
  const beside = { rev: 1, compared: null, training, probes: [] };
  return { ...dashboardState(boardProject(), beside, String), probes: PROBES, ...over };
}

const reported = (state: DashboardState, all = false, strings = {}) =>
  reportOf(state, {
    ...{ words, all, lists: [], at: '2026-03-02T10:24:00.000Z' },
    train: trainingWords(strings, 'en'),
  });

it('has the curves of the shown run, as the Dashboard draws them, with their tables', () => {
  const html = reportHtml(reported(stateOf()), 'en');
  const frame = { width: 720, ink: PAGE_INK };
  const drawn = measuredCurves(training.points, false);
  expect(drawn.map(({ id }) => id)).toEqual(['lm', 'pair', 'cos', 'active']);
  for (const kind of drawn) {
    const { svg } = curvePicture(kind, training.points, frame, trainingWords({}, 'en'));
    const lines = svg.children.flatMap((child) =>
      child.tag === 'path' ? [String(child.attributes['d'])] : [],
    );
    expect(lines).toHaveLength(kind.series.length);
    for (const line of lines) expect(html).toContain(line);
  }
  expect(html).not.toMatch(/<script|<img|<link|src=/u);
  const cut = reportMarkdown(reported(stateOf()));
  const whole = markdownTables(reportMarkdown(reported(stateOf(), true)));
  const tables = markdownTables(cut);
  // The head is a row, too.
  expect(tables.get('Language-model loss')).toHaveLength(1 + 25);
  expect(tables.get('Language-model loss')?.at(-1)?.[0]).toBe('412');
  expect(whole.get('Language-model loss')).toHaveLength(1 + 412);
  expect(tables.get('Cosine to the anchor')?.[0]).toEqual(['Step', 'positive', 'negative']);
  expect(tables.get('Language-model loss by source')?.[0]).toHaveLength(3);
  expect(tables.get('By source')?.slice(1)).toEqual([
    ['Teacher, after a mistake', '40', '0.41', '0.13', '0.98', '0.86', '1'],
    ['Student’s own right attempts', '21', '0.22', '0.1', '0.99', '0.9', '1'],
  ]);
  expect(plain(cut)).toContain('Of each curve 25 points stand in its table.');
  expect(plain(cut)).toContain('Round 2: r2-run (');
  expect(reportMarkdown(reported(stateOf(), true))).not.toContain('Of each curve');
  const said = reportMarkdown(reported(stateOf(), false, { 'curve.lm': 'Verlust' }));
  expect(markdownTables(said).has('Verlust')).toBe(true);
  const none = reportMarkdown(reported(stateOf({ training: null })));
  expect(none).toContain('Nothing has been trained yet.');
});

it('says what each run was trained with', () => {
  const dpo = { kind: 'dpo', ratio: 0.1, beta: 0.05, lengthNormalise: true };
  const [before, triplet] = training.runs.slice(0, 2);
  const settings = { mode: 'lora', pair: dpo, epochs: 4, lr: 0.0002 };
  const plainRun = { ...settings, pair: { kind: 'none', ratio: 0.1 } };
  const run = (runId: string, of: typeof settings | typeof plainRun) => ({
    ...{ round: 2, runId, state: 'done', settings: of },
  });
  const runs = [before, triplet, run('r2-dpo', settings), run('r2-none', plainRun)].flatMap(
    (one) => (one ? [one] : []),
  );
  const state = stateOf({ training: { ...training, runs } });
  const tables = markdownTables(reportMarkdown(reported(state)));
  expect(tables.get('What each run was trained with')).toEqual([
    ['Round', 'Run', 'State', 'Mode', 'Pair term', 'Epochs', 'Learning rate'],
    ['0', 'r0-run', 'Done', '–', '–', '–', '–'],
    ['1', 'r1-run', 'Done', 'full', 'triplet: ratio 0.1, margin 1, repr last', '3', '0.0002'],
    [
      ...['2', 'r2-dpo', 'Done', 'lora', 'dpo: ratio 0.1, beta 0.05, lengthNormalise true'],
      ...['4', '0.0002'],
    ],
    ['2', 'r2-none', 'Done', 'lora', 'none', '4', '0.0002'],
  ]);
  expect(reportHtml(reported(state), 'en')).toContain('What each run was trained with');
  const rows = csvRows(reportCsv(state, { lists: [], ledger: [] })).filter(
    ([section]) => section === 'run',
  );
  const of = (name: string) => rows.filter((row) => row[3] === name).map((row) => [row[4], row[5]]);
  expect(of('r0-run')).toEqual([]);
  expect(of('r2-dpo')).toEqual([
    ...[
      ['epochs', '4'],
      ['lr', '0.0002'],
    ],
    ...[
      ['pair ratio', '0.1'],
      ['pair beta', '0.05'],
    ],
  ]);
  expect(rows.find((row) => row[3] === 'r2-dpo')?.[9]).toBe('lora dpo lengthNormalise true');
  expect(of('r2-none')).toEqual([
    ['epochs', '4'],
    ['lr', '0.0002'],
  ]);
});

it('has second opinions as rows of the table, where somebody asked for them', () => {
  const state = stateOf();
  const opinions = {
    ...{ scored: 8, mean: 4.5, apart: 1, settled: 2 },
    ...{ calls: 9, promptTokens: 900, completionTokens: 90 },
  };
  const rounds = state.rounds.map((round, at) => (at === 1 ? { ...round, opinions } : round));
  const rows = csvRows(reportCsv({ ...state, rounds }, { lists: [], ledger: [] })).filter(
    ([section]) => section === 'opinions',
  );
  expect(rows.map(([, round, , , measure, value]) => [round, measure, value])).toEqual(
    Object.entries(opinions).map(([measure, value]) => [
      String(state.rounds[1]?.round),
      measure,
      String(value),
    ]),
  );
});

it('has every point of the curves as a row of the table', () => {
  const rows = csvRows(reportCsv(stateOf(), { lists: [], ledger: [] }));
  const step = rows[0]?.indexOf('step') ?? -1;
  const of = (section: string, measure: string) =>
    rows.filter((row) => row[0] === section && row[4] === measure);
  const lm = of('training', 'lm');
  expect(lm.map((row) => [row[step], row[5]])).toEqual(
    training.points.map((point) => [String(point.step), String(point.lm)]),
  );
  // What was not measured is no row.
  expect(of('training', 'pair')).toHaveLength(206);
  expect(of('training by source', 'lm')).toHaveLength(160);
  expect(of('training by source', 'last lm').map((row) => [row[3], row[5], row[8]])).toEqual([
    ['feedback', '0.41', '40'],
    ['self', '0.22', '21'],
  ]);
  expect(of('training by source', 'last cosNeg').map((row) => row[5])).toEqual(['0.86', '0.9']);
  const [probe] = rows.filter((row) => row[0] === 'probe');
  expect([probe?.[11], probe?.[13]]).toEqual(['92', '21']);
  expect(probe?.[9]).toContain('There are 9 + 10 = 19 shells.');
});

it('has the columns, curves and rows of preferences where a run has such pairs', () => {
  const noTriplet = { cosPos: null, cosNeg: null, activeFrac: null };
  const said = { logpChosen: -1.25, logpRejected: -2.5, margin: 0.5, accuracy: 0.75 };
  const preferring = trainingOf({
    points: training.points.slice(0, 9).map((one) => ({ ...one, ...noTriplet, ...said })),
    bySource: { self: { n: 21, lm: 0.22, pair: 0.1, ...noTriplet, ...said } },
  });
  const state = stateOf({ training: preferring });
  const tables = markdownTables(reportMarkdown(reported(state)));
  expect(tables.get('By source')).toEqual([
    [
      ...['Source', 'Texts', 'Language-model loss', 'Pair loss'],
      ...['Log-probability of the chosen', 'Log-probability of the rejected'],
      ...['Preference margin', 'Chosen preferred'],
    ],
    ['Student’s own right attempts', '21', '0.22', '0.1', '-1.25', '-2.5', '0.5', '0.75'],
  ]);
  expect(tables.get('Log-probability for each token')?.[0]).toEqual(['Step', 'chosen', 'rejected']);
  expect([...tables.keys()]).not.toContain('Cosine to the anchor');
  const rows = csvRows(reportCsv(state, { lists: [], ledger: [] }));
  const measures = (section: string) =>
    new Set(rows.filter((row) => row[0] === section).map((row) => row[4]));
  expect(measures('training')).toContain('logpRejected');
  expect(measures('training')).not.toContain('cosPos');
  expect([...measures('training by source')].filter((name) => name?.startsWith('last'))).toEqual([
    ...['last lm', 'last pair', 'last logpChosen', 'last logpRejected'],
    ...['last margin', 'last accuracy'],
  ]);
});

it('has what the probes were answered over the epochs, cut with a word on how to get all', () => {
  const caption = 'What the probe questions were answered';
  const few = reportMarkdown(reported(stateOf()));
  const rows = markdownTables(few).get(caption)?.slice(1) ?? [];
  expect(rows.map((row) => [row[0], row[3], row[4], row[5]])).toEqual([
    ['dev-0007', '0', 'wrong', '21'],
    ['dev-0007', '1', 'right', '92'],
    ['dev-0007', '2', 'right', '92'],
    ['dev-0031', '0', 'wrong', 'no answer could be read'],
    ['dev-0031', '1', 'wrong', '21'],
    ['dev-0031', '2', 'right', '92'],
  ]);
  expect(rows[0]?.[6]).toBe('There are 9 + 10 = 19 shells. 19 + 2 = 21. Answer: 21');
  expect(plain(few)).not.toContain('answers stand here');
  const long = 'x'.repeat(500);
  const many = Array.from({ length: 20 }, (_, at) => ({
    ...{ questionId: `dev-${at}`, question: 'Q', gold: '1', choices: [] },
    samples: [0, 1, 2].map((epoch) => ({ epoch, text: long, answer: null, right: false })),
  }));
  const cut = reportMarkdown(reported(stateOf({ probes: many })));
  expect(markdownTables(cut).get(caption)).toHaveLength(1 + 40);
  expect(markdownTables(cut).get(caption)?.[1]?.[6]).toHaveLength(240);
  expect(plain(cut)).toContain('40 of 60 answers stand here, of each at most 240 characters.');
  const whole = reportMarkdown(reported(stateOf({ probes: many }), true));
  expect(markdownTables(whole).get(caption)).toHaveLength(1 + 60);
  expect(markdownTables(whole).get(caption)?.[1]?.[6]).toBe(long);
  expect(plain(whole)).not.toContain('answers stand here');
});
