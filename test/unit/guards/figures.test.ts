import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from './repositoryFiles.ts';

const resultOf = (name: string): unknown =>
  JSON.parse(readFileSync(join(ROOT, 'test', 'bench', 'results', `${name}.json`), 'utf8'));

const examSchema = z.object({
  rows: z.array(
    z.object({
      batch: z.number(),
      tokensPerCpuSecond: z.number(),
      peerTokensPerCpuSecond: z.number(),
      cpuRatio: z.object({ median: z.number() }),
      sameTokens: z.string(),
    }),
  ),
});
const teacherSchema = z.object({
  results: z.array(
    z.object({
      announced: z.boolean(),
      calls: z.number(),
      shareOfIdeal: z.number(),
      refused429: z.number(),
      lost: z.number(),
      load: z.number(),
    }),
  ),
  many: z.object({
    calls: z.number(),
    perSecond: z.number(),
    cpuMsPerCall: z.number(),
    peakMemoryMiB: z.number(),
    lost: z.number(),
    load: z.number(),
  }),
});
const hostSchema = z.object({
  of100k: z.record(z.string(), z.number()),
  of10k: z.record(z.string(), z.number()),
});
const viewFigures = z.object({ moveP50Ms: z.number(), coldMs: z.number(), warmMs: z.number() });
const viewSchema = z.object({ of100k: viewFigures, of10k: viewFigures });

const ownSchema = z.object({
  firstRowsMs: z.number(),
  allLinesKnownMs: z.number(),
  screenP50Ms: z.number(),
  screenP99Ms: z.number(),
  filterMs: z.number(),
  checkMs: z.number(),
  editP50Ms: z.number(),
  saveMs: z.number(),
  saveToCopy: z.number(),
  heldUpMs: z.number(),
  peakMB: z.number(),
});
const readSchema = z.union([
  z.object({ firstRowsMs: z.number(), peakMB: z.number() }),
  z.object({ failed: z.string() }),
]);
const fileSchema = z.object({
  ours: ownSchema,
  text: readSchema,
  packages: z.record(z.string(), readSchema),
});
const textSchema = z.object({
  refusal: z.nullable(z.string()),
  openMs: z.nullable(z.number()),
  endMs: z.nullable(z.number()),
  findMs: z.nullable(z.number()),
  saveMs: z.nullable(z.number()),
  hostPeakMB: z.number(),
  windowPeakMB: z.number(),
});
const windowSchema = z.object({
  load: z.tuple([z.number(), z.number()]),
  ours: z.object({
    openMs: z.number(),
    openSmallMs: z.number(),
    openAgainMs: z.number(),
    allLinesKnownMs: z.number(),
    endMs: z.number(),
    filterFirstMs: z.number(),
    filterAllMs: z.number(),
    editMs: z.number(),
    saveMs: z.number(),
    saveToCopy: z.number(),
    hostPeakMB: z.number(),
    windowPeakMB: z.number(),
  }),
  textEditor: textSchema,
});
const datasetSchema = z.object({
  of100MB: fileSchema,
  of1000MB: fileSchema,
  inWindow: z.object({ of100MB: windowSchema, of1000MB: windowSchema }),
});
const waySchema = z.object({
  cpuSeconds: z.number(),
  housekeepingSeconds: z.number().optional(),
  addedMB: z.number().nullable(),
  cpuRatio: z.object({ median: z.number() }),
  lm: z.number(),
  pair: z.number(),
  gradientOff: z.number(),
});
const settingSchema = z.object({
  promptTokens: z.number(),
  textTokens: z.number(),
  goal: z.number(),
  load: z.tuple([z.number(), z.number()]),
});
const plainWays = { fiveForwards: waySchema, apart: waySchema, dealt: waySchema };
const headWays = { ...plainWays, apartHead: waySchema, dealtHead: waySchema };
const trainerSchema = z.object({
  demos: settingSchema.extend({ ways: z.object(headWays) }),
  plain: settingSchema.extend({ ways: z.object(plainWays) }),
});

/** The rows of the README about a training step: with worked examples in the prompts, then without. */
function trainerRows(): string[][] {
  const { demos, plain } = trainerSchema.parse(resultOf('trainer'));
  type Way = z.infer<typeof waySchema>;
  const shown = (way: Way): string[] => [
    `${way.cpuSeconds} s`,
    `${way.cpuRatio.median.toFixed(1)} ×`,
    `${way.addedMB} MB`,
  ];
  const row = (what: string, examples: Way, without?: Way): string[] => [
    what,
    ...shown(examples),
    ...(without ? shown(without) : ['', '', '']),
  ];
  const pair = (what: string, of: (setting: typeof demos | typeof plain) => string): string[] => [
    what,
    of(demos),
    '',
    '',
    of(plain),
    '',
    '',
  ];
  return [
    pair('tokens of a prompt and of a rationale', (s) => `${s.promptTokens} and ${s.textTokens}`),
    row('five forwards, as published', demos.ways.fiveForwards, plain.ways.fiveForwards),
    pair(
      'its copies and collections, left out',
      ({ ways }) => `${ways.fiveForwards.housekeepingSeconds} s`,
    ),
    row('a packed row for each anchor', demos.ways.apart, plain.ways.apart),
    row('packed rows as the plan deals them', demos.ways.dealt, plain.ways.dealt),
    row('a row for each anchor, examples once', demos.ways.apartHead),
    row('rows as dealt, examples once', demos.ways.dealtHead),
    pair('load of the machine around it', ({ load }) => load.join(' and ')),
  ];
}

/** The rows of the README about data files: ours, and the same files read by other means. */
function dataRows(): string[][] {
  const { of100MB, of1000MB } = datasetSchema.parse(resultOf('dataset'));
  // Below ten milliseconds the first decimal says something.
  const ms = (value: number): string =>
    value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
  type Own = z.infer<typeof ownSchema>;
  const own = (what: string, shown: (figures: Own) => string): string[] => [
    what,
    shown(of100MB.ours),
    shown(of1000MB.ours),
  ];
  const read = (found: z.infer<typeof readSchema> | undefined): string =>
    found === undefined || 'failed' in found
      ? 'fails'
      : `${ms(found.firstRowsMs)}, ${found.peakMB} MB`;
  return [
    own('opened until its first rows', ({ firstRowsMs }) => ms(firstRowsMs)),
    own('until every line is known', ({ allLinesKnownMs }) => ms(allLinesKnownMs)),
    own('a screen of rows while scrolling (median)', ({ screenP50Ms }) => ms(screenP50Ms)),
    own('99 of 100 such screens take no more than', ({ screenP99Ms }) => ms(screenP99Ms)),
    own('a search through every row', ({ filterMs }) => ms(filterMs)),
    own('every row checked for problems', ({ checkMs }) => ms(checkMs)),
    own('an edit until it is kept (median)', ({ editP50Ms }) => ms(editP50Ms)),
    own('a save', ({ saveMs }) => ms(saveMs)),
    own(
      'a save, as a multiple of a copy of the file',
      ({ saveToCopy }) => `${saveToCopy.toFixed(2)} ×`,
    ),
    own('the longest that the host was held up', ({ heldUpMs }) => ms(heldUpMs)),
    own('memory at its most', ({ peakMB }) => `${peakMB} MB`),
    ['one text', read(of100MB.text), read(of1000MB.text)],
    ...Object.keys(of100MB.packages).map((name) => [
      name,
      read(of100MB.packages[name]),
      read(of1000MB.packages[name]),
    ]),
  ];
}

/** The rows of the README about the same files in a window: ours, then VS Code's own text editor. */
function windowRows(): string[][] {
  const { of100MB, of1000MB } = datasetSchema.parse(resultOf('dataset')).inWindow;
  type Own = z.infer<typeof windowSchema>['ours'];
  type Text = z.infer<typeof textSchema>;
  const ms = (value: number): string => `${Math.round(value)} ms`;
  const row = (
    what: string,
    own: (figures: Own) => string,
    text?: (figures: Text) => number | null,
    unit = ms,
  ): string[] => {
    const beside = ({ textEditor }: z.infer<typeof windowSchema>): string => {
      if (!text) return '';
      const value = text(textEditor);
      return value === null ? 'not in 3 min' : unit(value);
    };
    return [what, own(of100MB.ours), beside(of100MB), own(of1000MB.ours), beside(of1000MB)];
  };
  const mb = (value: number): string => `${value} MB`;
  return [
    row(
      'chosen until its first rows',
      ({ openMs }) => ms(openMs),
      ({ openMs }) => openMs,
    ),
    row('the same, of a file of 20 rows', ({ openSmallMs }) => ms(openSmallMs)),
    row('chosen again', ({ openAgainMs }) => ms(openAgainMs)),
    row('chosen until every line is known', ({ allLinesKnownMs }) => ms(allLinesKnownMs)),
    row(
      'End until the last row',
      ({ endMs }) => ms(endMs),
      ({ endMs }) => endMs,
    ),
    row(
      'a search typed until its first row',
      ({ filterFirstMs }) => ms(filterFirstMs),
      ({ findMs }) => findMs,
    ),
    row('a search typed until all its rows', ({ filterAllMs }) => ms(filterAllMs)),
    row('a field written until the tab says so', ({ editMs }) => ms(editMs)),
    row(
      'Ctrl+S until it is saved',
      ({ saveMs }) => ms(saveMs),
      ({ saveMs }) => saveMs,
    ),
    row('the same, as a multiple of a copy', ({ saveToCopy }) => `${saveToCopy.toFixed(2)} ×`),
    row(
      'the extension host at its most',
      ({ hostPeakMB }) => mb(hostPeakMB),
      ({ hostPeakMB }) => hostPeakMB,
      mb,
    ),
    row(
      'the window at its most',
      ({ windowPeakMB }) => mb(windowPeakMB),
      ({ windowPeakMB }) => windowPeakMB,
      mb,
    ),
    [
      'load of the machine, before and after',
      of100MB.load.join(' and '),
      '',
      of1000MB.load.join(' and '),
      '',
    ],
  ];
}

/** The rows of the README about calls of a teacher. */
function teacherRows(): string[][] {
  const { results, many } = teacherSchema.parse(resultOf('teacher'));
  const paced = results.map(({ announced, shareOfIdeal, refused429, lost, load }) => [
    announced ? 'its limit is told in headers' : 'its limit is not told',
    `${(shareOfIdeal * 100).toFixed(1)} %`,
    String(refused429),
    String(lost),
    String(load),
  ]);
  const { perSecond, cpuMsPerCall, peakMemoryMiB } = many;
  return [
    ...paced,
    ['calls a second', String(perSecond)],
    ['CPU time of a call', `${cpuMsPerCall} ms`],
    ['memory of the process at its most', `${peakMemoryMiB} MiB`],
    ['calls lost', String(many.lost)],
    ['load of the machine meanwhile', String(many.load)],
  ];
}

/** Cells of the README's tables, as they must stand there. */
function cells(): string[][] {
  const exam = examSchema
    .parse(resultOf('exam'))
    .rows.map((row) => [
      `${row.batch} at a time`,
      String(row.tokensPerCpuSecond),
      String(row.peerTokensPerCpuSecond),
      `${row.cpuRatio.median.toFixed(1)} ×`,
      row.sameTokens,
    ]);
  const { of10k, of100k } = hostSchema.parse(resultOf('ui-host'));
  const views = viewSchema.parse(resultOf('ui-browser'));
  const ms = (value: number | undefined): string => `${Math.round(value ?? NaN)} ms`;
  const review = [
    ['a key until its picture (median)', ms(views.of10k.moveP50Ms), ms(views.of100k.moveP50Ms)],
    ['a filter', ms(of10k['filterMs']), ms(of100k['filterMs'])],
    ['a search', ms(of10k['searchMs']), ms(of100k['searchMs'])],
    ['a decision until it is on the disk', ms(of10k['durableMs']), ms(of100k['durableMs'])],
    ['the view until its first mistake', ms(views.of10k.coldMs), ms(views.of100k.coldMs)],
    ['the view opened again', ms(views.of10k.warmMs), ms(views.of100k.warmMs)],
  ];
  return [...exam, ...review, ...dataRows(), ...windowRows(), ...teacherRows(), ...trainerRows()];
}

describe('figures of the README', () => {
  const lines = readFileSync(join(ROOT, 'README.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it('are those that the benchmarks wrote', () => {
    for (const row of cells()) {
      const found = lines.find((line) => line[1] === row[0]);
      expect(found?.slice(1, 1 + row.length), row[0]).toEqual(row);
    }
  });

  it('name what the teacher client loses under a rate limit: nothing', () => {
    const { results, many } = teacherSchema.parse(resultOf('teacher'));
    expect(results.map(({ lost }) => lost)).toEqual(results.map(() => 0));
    expect(many.lost).toBe(0);
  });

  it('compare training steps of one loss, and of one gradient but for the published', () => {
    const { demos, plain } = trainerSchema.parse(resultOf('trainer'));
    for (const { ways } of [demos, plain]) {
      for (const [name, way] of Object.entries(ways)) {
        expect(Math.abs(way.lm - ways.fiveForwards.lm), name).toBeLessThanOrEqual(1e-5);
        expect(Math.abs(way.pair - ways.fiveForwards.pair), name).toBeLessThanOrEqual(1e-5);
        if (name !== 'fiveForwards') expect(way.gradientOff, name).toBeLessThan(1e-5);
      }
    }
  });

  it('hold the speed that is asked of a training step', () => {
    const { demos, plain } = trainerSchema.parse(resultOf('trainer'));
    expect(demos.ways.dealtHead.cpuRatio.median).toBeGreaterThanOrEqual(demos.goal);
    expect(plain.ways.dealt.cpuRatio.median).toBeGreaterThanOrEqual(plain.goal);
  });

  it('hold the pace that the teacher client promises', () => {
    const { results } = teacherSchema.parse(resultOf('teacher'));
    for (const { announced, shareOfIdeal, refused429 } of results) {
      expect(shareOfIdeal).toBeGreaterThanOrEqual(0.95);
      expect(refused429).toBeLessThanOrEqual(announced ? 5 : 25);
    }
  });
});
