import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { Window } from 'happy-dom';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listsIn } from '../../../../src/core/report/listsIn.ts';
import { csvText, CSV_HEAD } from '../../../../src/core/report/writing/csv.ts';
import { htmlText } from '../../../../src/core/report/writing/html.ts';
import { markdownText } from '../../../../src/core/report/writing/markdown.ts';
import { visibleText } from '../../../../src/core/visibleText.ts';
import { report } from '../../../../src/node/commands/report.ts';
import { DashboardView } from '../../../../src/node/dashboard/dashboardView.ts';
import { reportText } from '../../../../src/node/dashboard/reportText.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import type { DashboardState } from '../../../../src/shared/dashboardContract.ts';
import { dashboardWords } from '../../../../src/shared/dashboardWords.ts';
import { listTitle } from '../../../../src/shared/listTitle.ts';
import { TRAINING_STRINGS } from '../../../../src/shared/trainingStrings.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { lines } from '../../../fakes/projectFolder.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { HOSTILE_TEXTS } from '../../../webview/hostileTexts.ts';

const words = dashboardWords({}, 'en');
/** Begins of cells that a spreadsheet computes. */
const FORMULAS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '＝1+1',
  '=cmd|"/c calc"!A1',
];

/** A project whose questions' ids and texts are all hostile, after two rounds. */
async function hostileProject() {
  const made = await reportProject({ rounds: 1 });
  // A data file with half a character is refused.
  const texts = [...HOSTILE_TEXTS, ...FORMULAS].map((text) => text.replace(/\p{Cs}/gu, '?'));
  const dev = texts.map((text, at) => ({
    id: `${text.slice(0, 150)} ${at}`,
    question: `What is ${500 + at} plus 3? ${text}`,
    answer: String(503 + at),
  }));
  await writeFile(join(made.root, 'data/dev.jsonl'), lines(dev));
  await made.run();
  return { ...made, dev };
}

async function open(root: string): Promise<DashboardView> {
  const view = await DashboardView.open({
    root,
    project: 'P',
    clock: { ...systemClock, sleep: () => new Promise<void>(() => undefined) },
    strings: TRAINING_STRINGS,
    prices: () => Promise.resolve(new Map()),
  });
  onTestFinished(() => view.dispose());
  return view;
}

/** The rows of a CSV text as RFC 4180 reads them. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',' || character === '\n') {
      rows.at(-1)?.push(cell);
      cell = '';
      if (character === '\n') rows.push([]);
    } else cell += character;
  }
  expect(quoted).toBe(false);
  rows.pop();
  return rows;
}

/** The tables of a Markdown text by their captions, cells as a reader sees them. */
function markdownTables(text: string): Map<string, string[][]> {
  const tables = new Map<string, string[][]>();
  let caption = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('**')) caption = plain(line.slice(2, -2));
    if (!line.startsWith('| ') || line.startsWith('| --- ')) continue;
    const cells = line.slice(2, -2).split(/(?<!\\) \| |(?<!\\) \|(?= \|)/u);
    tables.set(caption, [...(tables.get(caption) ?? []), cells.map(plain)]);
  }
  return tables;
}

const NAMES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&' };
const plain = (text: string): string =>
  text.replace(
    /\\([^a-z0-9\s])|&(lt|gt|amp);|&#(\d+);/giu,
    (_, mark?: string, name = '', code = '') =>
      mark ?? NAMES[String(name)] ?? String.fromCharCode(Number(code)),
  );

describe('how who sat an exam stood to the record of its student', () => {
  it('stands beside the exam in the report, also where nobody could check it', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    const view = await open(root);
    expect(view.snapshot().rounds[0]?.exams[0]?.check?.verdict).toBe('unchecked');
    const markdown = await reportText(view, 'markdown');
    expect(markdown).toContain('Check of the student');
    expect(markdown).toContain('not checked: the student’s folder has no parity.json');
  });
});

describe('a report as CSV', () => {
  it('holds every number of the Dashboard, unrounded, and the questions behind it', async () => {
    const { root, dev } = await hostileProject();
    const view = await open(root);
    const [head, ...rows] = csvRows(await reportText(view, 'csv'));
    expect(head).toEqual([...CSV_HEAD]);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([CSV_HEAD.length]));
    const state = view.snapshot();
    const find = (section: string, round: number, set: string, measure: string) =>
      rows.filter(
        (r) => r[0] === section && r[1] === String(round) && r[2] === set && r[4] === measure,
      );
    for (const { round, exams, spent, decisions } of state.rounds) {
      for (const { set, accuracy, wrong, noAnswer } of exams) {
        const { rate, low, high, n } = accuracy;
        expect(find('exam', round, set, 'accuracy').map((r) => r.slice(5, 9).map(Number))).toEqual([
          [rate, low, high, n],
        ]);
        expect(find('exam', round, set, 'wrong')[0]?.[5]).toBe(String(wrong));
        expect(find('exam', round, set, 'no answer')[0]?.[5]).toBe(String(noAnswer));
      }
      expect(find('cost', round, '', 'calls')[0]?.[5]).toBe(String(spent.calls));
      // Unknown is nothing, not 0.
      expect(find('cost', round, '', 'money')[0]?.[5]).toBe(
        spent.money === null ? '' : String(spent.money),
      );
      expect(find('decisions', round, '', 'rule')[0]?.[5]).toBe(String(decisions.rule));
    }
    const compared = state.comparison;
    expect(compared).not.toBeNull();
    for (const measure of ['fixed', 'newlyWrong', 'stillWrong', 'stillRight'] as const) {
      expect(find('comparison', 1, 'dev', measure)[0]?.[5]).toBe(String(compared?.[measure]));
    }
    const ledger = rows.filter((row) => row[0] === 'ledger');
    const saw = state.students.at(-1);
    expect(ledger).toHaveLength((saw?.positives ?? 0) + (saw?.negatives ?? 0));
    expect(ledger[0]?.[9]).toBe('0');
    // Behind every number its questions, all of them.
    const behind = (section: string, round: string, measure: string) =>
      rows.filter((r) => r[0] === `list of ${section}` && r[1] === round && r[4] === measure);
    const lists = listsIn(state);
    expect(rows.filter((r) => r[0]?.startsWith('list of '))).toHaveLength(
      lists.reduce((sum, { count }) => sum + count, 0),
    );
    const fixed = behind('comparison', '1', 'fixed');
    expect(fixed).toHaveLength(compared?.fixed ?? -1);
    const golds = new Map(dev.map(({ id, answer }) => [visibleText(id), answer]));
    for (const [, , set, id = '', , value, , , n, note, question, gold, before, answer] of fixed) {
      expect([set, value, n, note]).toEqual(['dev', '1', '1', '0 to 1']);
      expect(golds.get(id.replace(/^'/u, ''))).toBe(gold);
      expect(question).not.toBe('');
      expect(answer).toBe(gold);
      expect(before).not.toBe(gold);
    }
    for (const { round, exams } of state.rounds) {
      for (const { set, wrong } of exams) {
        const listed = behind('exam', String(round), 'wrong').filter((r) => r[2] === set);
        expect(listed).toHaveLength(wrong);
      }
    }
    const p = compared?.test.kind === 'mcnemar' ? String(compared.test.p) : '';
    expect(find('comparison', 1, 'dev', 'p')[0]?.[5]).toBe(p);
  });

  it('threat 16: has no cell that a spreadsheet computes, whatever ids and texts are', async () => {
    const { root } = await hostileProject();
    const rows = csvRows(await reportText(await open(root), 'csv'));
    const names = rows.filter((row) => row[0] === 'probe').map((row) => row[3] ?? '');
    // The hostile ids are in it, as names of probes.
    expect(names.filter((name) => name.includes('SUM(A1)'))).toHaveLength(1);
    for (const row of rows) {
      for (const cell of row) {
        if (/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/u.test(cell)) continue;
        expect(cell).not.toMatch(/^[\s\p{Cc}]*[=+\-@＝＋－＠]/u);
      }
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...FORMULAS), (text, formula) => {
        for (const one of [text, formula + text]) {
          const [[cell = ''] = []] = csvRows(`${csvText(one)}\n`);
          expect(cell).not.toMatch(/^[\s\p{Cc}]*[=+\-@＝＋－＠]/u);
          const shown = visibleText(one);
          expect([shown, `'${shown}`]).toContain(cell);
        }
      }),
    );
  });
});

describe('a report as Markdown', () => {
  it('says what the Dashboard says: its numbers, its verdict, its lists', async () => {
    const { root, dev } = await hostileProject();
    const view = await open(root);
    const text = await reportText(view, 'markdown');
    const tables = markdownTables(text);
    const state: DashboardState = view.snapshot();
    const exams = tables.get('Exams')?.slice(1) ?? [];
    expect(exams.map((row) => [row[0], row[1], row[4], row[5]])).toEqual(
      state.rounds.flatMap(({ round, exams: own }) =>
        own.map(({ set, accuracy }) => [
          `Round ${round}`,
          set,
          words.rate(accuracy),
          words.count(accuracy.n),
        ]),
      ),
    );
    expect(plain(text)).toContain(state.comparison?.verdict);
    const fixed = state.comparison?.fixed ?? 0;
    const list = tables.get(`fixed, round 0 → 1, dev: ${fixed}`)?.slice(1) ?? [];
    expect(list).toHaveLength(fixed);
    const shown = new Map(dev.map(({ id, answer }) => [oneLine(id), answer]));
    for (const [id = '', , gold] of list) expect(shown.get(id)).toBe(gold);
    expect(tables.get('Cost and time')?.[1]).toContain('unknown');
  });

  it('has the list behind every number, says where it is cut, and is whole when asked to be', async () => {
    const { root, run } = await reportProject({ sizes: { train: 130, dev: 30, test: 20 } });
    await run();
    const view = await open(root);
    const words = dashboardWords({}, 'en');
    await view.settled();
    const lists = listsIn(view.snapshot());
    const kinds = new Set(lists.map(({ list }) => list.kind));
    expect([...kinds].sort()).toEqual([
      'acceptance',
      'change',
      'coverage',
      'exam',
      'overlap',
      'trajectory',
    ]);
    const cut = await reportText(view, 'markdown');
    const whole = await reportText(view, 'markdown', { all: true });
    const [cutTables, wholeTables] = [markdownTables(cut), markdownTables(whole)];
    let shortened = 0;
    for (const { list, count } of lists) {
      const caption = `${listTitle(list, words)}: ${words.count(count)}`;
      const most = ['change', 'trajectory', 'overlap'].includes(list.kind) ? 100 : 20;
      // The head is a row, too.
      expect(cutTables.get(caption)?.length, caption).toBe(1 + Math.min(most, count));
      expect(wholeTables.get(caption)?.length, caption).toBe(1 + count);
      const said = `${words.count(most)} of ${words.count(count)} questions are named.`;
      if (count > most) {
        shortened += 1;
        expect(plain(cut)).toContain(`${said} All of them: tailor report --all,`);
      }
    }
    expect(shortened).toBeGreaterThan(5);
    expect(whole).not.toContain('questions are named');
    const html = await reportText(view, 'html', { all: true });
    expect(html.match(/<details class="list">/gu)).toHaveLength(lists.length);
    const stop = { signal: AbortSignal.abort() };
    await expect(reportText(view, 'html', stop)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('shows the answers of both compared rounds, each under its round', async () => {
    const { root, run, sets } = await reportProject();
    await run();
    const view = await open(root);
    await view.compare(0, 1, 'dev');
    const tables = markdownTables(await reportText(view, 'markdown'));
    const fixed = view.snapshot().comparison?.fixed ?? 0;
    const [head, ...rows] = tables.get(`fixed, round 0 → 1, dev: ${fixed}`) ?? [];
    expect(head?.slice(2, 6)).toEqual([
      'Gold',
      'Answer, round 0',
      'Answer, round 1',
      'Right, by round',
    ]);
    expect(rows.length).toBeGreaterThan(0);
    const golds = new Map(sets.dev.map(({ id, answer }) => [id, answer]));
    for (const [id = '', , gold, before, after] of rows) {
      expect(gold).toBe(golds.get(id));
      expect(before).not.toBe(gold);
      expect(after).toBe(gold);
    }
  });

  it('counts texts by the decision that stands, not the lines that decided on many at once', async () => {
    const { root, run, store } = await reportProject({ rounds: 1 });
    await run();
    const items = (await store.items(0)).map(({ itemId, questionId }) => ({ itemId, questionId }));
    const author = { kind: 'person', name: 'ada' } as const;
    const before = (await open(root)).snapshot().rounds[0]?.decisions;
    expect(before?.rule).toBeGreaterThan(before?.entries ?? 0);
    await store.decide(0, [
      { type: 'reject', author, items: items.slice(0, 7) },
      { type: 'accept', author, items: items.slice(0, 3) },
    ]);
    const view = await open(root);
    const after = view.snapshot().rounds[0]?.decisions;
    expect(after?.person).toBe(7);
    expect(after?.byType['reject']).toBe(4);
    expect(after?.entries).toBe((before?.entries ?? 0) + 2);
    const [head, row] = markdownTables(await reportText(view, 'markdown')).get('Decisions') ?? [];
    expect(head).toEqual(['Round', 'by a person', 'by a rule', 'Kinds', 'Entries']);
    expect([row?.[1], row?.[2], row?.[4]]).toEqual(
      [after?.person, after?.rule, after?.entries].map(String),
    );
  });

  it('has no counts that say nothing: one round is one, of nobody asked there are no zeros', async () => {
    const { root, run } = await reportProject();
    await run();
    const tables = markdownTables(await reportText(await open(root), 'markdown'));
    const saw = tables.get('What each student was taught')?.slice(1) ?? [];
    expect(saw.map((row) => row[4])).toEqual(['nothing of this project', 'round 0', 'rounds 0, 1']);
    expect(saw[0]?.[5]).toBe('–');
    expect(saw[1]?.[5]).toMatch(/^\d+ \/ \d+$/u);
    // The last round of a project asks no teacher.
    const costs = tables.get('Cost and time')?.slice(1) ?? [];
    expect(costs.at(-1)?.slice(1, 6)).toEqual(['nobody asked', '–', '–', '–', '–']);
    expect(costs.flat().join()).not.toMatch(/\b0 s\b/u);
    const from = tables.get('Frozen sets')?.[1]?.[5] ?? '';
    expect(from).toMatch(/^\d+ Teacher/u);
  });

  it('says what the last round’s student forgot only where it was asked', async () => {
    const { root, run } = await reportProject();
    await run();
    // The last round of a project is examined on dev alone.
    const view = await open(root);
    expect(view.snapshot().trajectories).toMatchObject({
      rounds: 2,
      upTo: 1,
      newest: 2,
      counts: { forgotten: 0 },
      unknown: ['forgotten'],
    });
    const text = await reportText(view, 'markdown');
    const courses = markdownTables(text).get('Over 2 exams, up to round 1');
    expect(courses?.find(([name]) => name === 'forgotten')).toEqual([
      'forgotten',
      'not known yet',
      '–',
    ]);
    expect(text).toContain('what its student forgot since round 1 cannot be known yet');
    const rows = csvRows(await reportText(view, 'csv'));
    const forgotten = rows.find((row) => row[0] === 'trajectory' && row[3] === 'forgotten');
    expect([forgotten?.[1], forgotten?.[5], forgotten?.[9]]).toEqual(['1', '', 'not known yet']);
  });

  it('threat 7: is inert, whatever is in it: one line a row, no markup, no link, no picture', async () => {
    const { root } = await hostileProject();
    const text = await reportText(await open(root), 'markdown');
    expect(text).not.toMatch(/<(?!!)/u);
    expect(text).not.toMatch(/(?<!\\)!?\[(?:[^\\\]]|\\.)*(?<!\\)\]\(/u);
    expect(text).not.toMatch(/https?:\/\//u);
    for (const one of HOSTILE_TEXTS) {
      const written = markdownText(one);
      expect(written).not.toMatch(/[\n<>]|(?<!\\)[`*_[\]|~$]/u);
      expect(plain(written)).toBe(oneLine(one));
    }
  });
});

describe('a report as a page', () => {
  it('threat 6: needs nothing else and runs nothing: one style by its digest, no script, no address', async () => {
    const { root } = await hostileProject();
    const html = await reportText(await open(root), 'html');
    const window = new Window({ settings: { enableJavaScriptEvaluation: false } });
    onTestFinished(() => window.happyDOM.close());
    const { document } = window;
    document.write(html);
    const all = [...document.querySelectorAll('*')];
    const tags = new Set(all.map(({ tagName }) => tagName.toLowerCase()));
    const known =
      'span html head meta title style body main h1 h2 p section bdi div table caption thead tbody tr th td figure figcaption details summary svg g line path circle rect text';
    expect([...tags].filter((tag) => !known.split(' ').includes(tag))).toEqual([]);
    for (const element of all) {
      for (const { name, value } of [...element.attributes]) {
        expect(name).not.toMatch(/^(?:on|src|href|style|action|formaction|xlink|background)/iu);
        if (element.tagName !== 'META') expect(value).not.toMatch(/javascript:|url\(/iu);
      }
    }
    const policy = document.querySelector('meta[http-equiv]')?.getAttribute('content') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'/u,
    );
    const style = document.querySelector('style')?.textContent ?? '';
    const { createHash } = await import('node:crypto');
    expect(policy).toContain(createHash('sha256').update(style).digest('base64'));
    expect(style).not.toMatch(/url\(|@import/u);
  });

  it('breaks inside words only what no column has room for', async () => {
    const { root } = await hostileProject();
    const html = await reportText(await open(root), 'html');
    expect(html).toMatch(/<td><bdi><span class="long">[0-9a-f]{64}<\/span><\/bdi><\/td>/u);
    const window = new Window({ settings: { enableJavaScriptEvaluation: false } });
    onTestFinished(() => window.happyDOM.close());
    window.document.write(html);
    const style = window.document.querySelector('style')?.textContent ?? '';
    const breaking = [...style.matchAll(/([^{}]+)\{[^{}]*(?:anywhere|break-all)[^{}]*\}/gu)];
    expect(breaking.map(([, selector]) => selector?.trim())).toEqual(['.long']);
    const long = [...window.document.querySelectorAll('.long')];
    for (const one of long) expect(one.textContent).toMatch(/^\S{25,}$/u);
    const cells = [...window.document.querySelectorAll('td, tbody th')];
    for (const cell of cells) {
      const free = [...(cell.querySelector('bdi')?.childNodes ?? [])].filter(
        (node) => node.nodeType === 3,
      );
      for (const node of free) expect(node.textContent).not.toMatch(/\S{25,}/u);
    }
  });

  it('shows the same rows as the Markdown, and hostile texts as texts', async () => {
    const { root } = await hostileProject();
    const view = await open(root);
    const window = new Window({ settings: { enableJavaScriptEvaluation: false } });
    onTestFinished(() => window.happyDOM.close());
    window.document.write(await reportText(view, 'html'));
    const tables = new Map(
      [...window.document.querySelectorAll('table')].map((one) => [
        one.querySelector('caption')?.textContent ?? '',
        [...one.querySelectorAll('tr')].map((row) =>
          [...row.querySelectorAll('th, td')].map((cell) => oneLine(cell.textContent)),
        ),
      ]),
    );
    const written = markdownTables(await reportText(view, 'markdown'));
    expect(written.size).toBeGreaterThan(10);
    for (const [caption, rows] of written) expect(tables.get(caption), caption).toEqual(rows);
    expect(window.document.querySelectorAll('svg')).toHaveLength(4);
    expect(window.document.title).toBe('Round Dashboard: Sums <b>&</b>');
    for (const one of HOSTILE_TEXTS) {
      const box = window.document.createElement('div');
      box.innerHTML = htmlText(one);
      expect(box.children).toHaveLength(0);
      expect(box.textContent).toBe(visibleText(one));
    }
  });
});

describe('tailor report', () => {
  it('writes a file, prints without one, and compares the rounds that are named', async () => {
    const { root, run } = await reportProject();
    await run();
    const context = { ...commandContext(root), clock: systemClock };
    const output = join(await temporaryFolder(), 'r.csv');
    const told = await report(context, { format: 'csv', output, from: 0, to: 2, set: 'far' });
    expect(String(told.text)).toBe(`Wrote ${output}.`);
    const rows = csvRows(await readFile(output, 'utf8'));
    expect(rows.filter((row) => row[0] === 'comparison').map((row) => row[2])).toContain('far');
    expect(rows.find((row) => row[0] === 'comparison')?.[3]).toBe('0 to 2');
    const printed = await report(context, { format: 'markdown' });
    expect(String(printed.text)).toContain('## Comparison: Round 1 → Round 2, dev');
    expect(printed.json).toMatchObject({
      project: 'Sums <b>&</b>',
      comparison: { from: 1, to: 2 },
    });
    // Verdicts and labels in the words of the person, too.
    const german = await report(context, {
      format: 'markdown',
      say: (text) => `Auf Deutsch: ${String(text)}`,
    });
    expect(String(german.text)).toMatch(/Auf Deutsch: (?:Round 2|The change|Not tested)/u);
    // The round before the one that is named, not the newest one: time runs forwards.
    expect((await report(context, { format: 'csv', to: 1 })).json).toMatchObject({
      comparison: { from: 0, to: 1 },
    });
    expect(String((await report(context, { format: 'html', set: 'train' })).text)).toContain(
      'These questions are trained on',
    );
  });

  it('refuses what it cannot compare or write, and leaves what is there alone', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    const context = { ...commandContext(root), clock: systemClock };
    await expect(report(context, { format: 'csv', set: 'test' })).rejects.toMatchObject({
      code: 'round.notReady',
    });
    await expect(report(context, { format: 'csv', from: 0, to: 7 })).rejects.toMatchObject({
      code: 'round.notReady',
    });
    const folder = join(await temporaryFolder(), 'folder');
    await mkdir(folder);
    await expect(report(context, { format: 'csv', output: folder })).rejects.toThrow();
    const nowhere = join(folder, 'no', 'such', 'r.html');
    await expect(report(context, { format: 'html', output: nowhere })).rejects.toMatchObject({
      code: 'store.missing',
    });
  });
});

const oneLine = (text: string): string => visibleText(text).replace(/\s*\n\s*/gu, ' ');
