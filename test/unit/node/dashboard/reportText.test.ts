import fc from 'fast-check';
import { Window } from 'happy-dom';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listsIn } from '../../../../src/core/report/listsIn.ts';
import { csvText, CSV_HEAD } from '../../../../src/core/report/writing/csv.ts';
import { htmlText } from '../../../../src/core/report/writing/html.ts';
import { markdownText } from '../../../../src/core/report/writing/markdown.ts';
import { visibleText } from '../../../../src/core/visibleText.ts';
import { reportText } from '../../../../src/node/dashboard/reportText.ts';
import type { DashboardState } from '../../../../src/shared/dashboardContract.ts';
import { dashboardWords } from '../../../../src/shared/dashboardWords.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import {
  csvRows,
  FORMULAS,
  hostileProject,
  markdownTables,
  oneLine,
  openView,
  plain,
} from '../../../fakes/reportTexts.ts';
import { HOSTILE_TEXTS } from '../../../webview/hostileTexts.ts';

const words = dashboardWords({}, 'en');

describe('how who sat an exam stood to the record of its student', () => {
  it('stands beside the exam in the report, also where nobody could check it', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    const view = await openView(root);
    expect(view.snapshot().rounds[0]?.exams[0]?.check?.verdict).toBe('unchecked');
    const markdown = await reportText(view, 'markdown');
    expect(plain(markdown)).toMatch(
      /^> Check of the student, Round 0: .*not checked: the student/mu,
    );
    // Once for each round, however many sets it examined.
    expect(view.snapshot().rounds.map(({ exams }) => exams.length)).toEqual([3, 2]);
    expect(markdown.match(/not checked: the student/gu)).toHaveLength(2);
    expect(markdownTables(markdown).get('Exams')?.[0]).not.toContain('Check of the student');
    expect(markdown).toContain('not checked: the student’s folder has no parity.json');
  });
});

describe('a report as CSV', () => {
  it('holds every number of the Dashboard, unrounded, and the questions behind it', async () => {
    const { root, dev } = await hostileProject();
    const view = await openView(root);
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
        spent.money === null ? '' : String(spent.money[0]?.amount ?? 0),
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
    const rows = csvRows(await reportText(await openView(root), 'csv'));
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
    const view = await openView(root);
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

  it('threat 7: is inert, whatever is in it: one line a row, no markup, no link, no picture', async () => {
    const { root } = await hostileProject();
    const text = await reportText(await openView(root), 'markdown');
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
    const html = await reportText(await openView(root), 'html');
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
    const html = await reportText(await openView(root), 'html');
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
    const view = await openView(root);
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
