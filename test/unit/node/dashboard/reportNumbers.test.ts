import { describe, expect, it } from 'vitest';
import { compareSteps, defaultPair } from '../../../../src/core/report/comparison.ts';
import { dashboardState } from '../../../../src/core/report/dashboard.ts';
import { listsIn } from '../../../../src/core/report/listsIn.ts';
import { reportCsv } from '../../../../src/core/report/writing/csv.ts';
import { reportHtml } from '../../../../src/core/report/writing/html.ts';
import { reportMarkdown } from '../../../../src/core/report/writing/markdown.ts';
import { reportOf } from '../../../../src/core/report/writing/reportOf.ts';
import { runWhole } from '../../../../src/core/runWhole.ts';
import { reportText } from '../../../../src/node/dashboard/reportText.ts';
import { dashboardWords } from '../../../../src/shared/dashboardWords.ts';
import { listTitle } from '../../../../src/shared/listTitle.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { csvRows, markdownTables, openView, plain } from '../../../fakes/reportTexts.ts';
import { boardProject, type ProjectOptions } from '../../../webview/boardProject.ts';

describe('a report', () => {
  it('has the list behind every number, says where it is cut, and is whole when asked to be', async () => {
    const { root, run } = await reportProject({ sizes: { train: 130, dev: 30, test: 20 } });
    await run();
    const view = await openView(root);
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
    const view = await openView(root);
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

  it('is of one moment, also where the files change while its lists are read', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    const view = await openView(root);
    await view.settled();
    const then = view.moment();
    const now = { ...then, picture: { ...then.picture, rounds: [] } };
    let asked = 0;
    const moving = {
      settled: () => Promise.resolve(),
      moment: () => (asked++ === 0 ? then : now),
      snapshot: () => then.state,
      compared: then.compared,
      get picture() {
        return asked++ === 0 ? then.picture : now.picture;
      },
    };
    const text = await reportText(moving, 'csv');
    expect(csvRows(text).filter((row) => row[0] === 'ledger')).not.toEqual([]);
    expect(text).toBe(await reportText(view, 'csv'));
  });

  it('says what the freeze warned of, in every form', () => {
    const picture = boardProject();
    const said = 'No pairs: | the pair term trains nothing.';
    const rounds = picture.rounds.map((round) => ({
      ...round,
      manifest:
        round.manifest && round.round === 1 ? { ...round.manifest, warnings: [said] } : null,
    }));
    const beside = { rev: 1, compared: null, training: null, probes: [] };
    const state = dashboardState({ ...picture, rounds }, beside, String);
    const words = dashboardWords({}, 'en');
    const report = reportOf(state, { words, lists: [], at: '2026-03-02T10:24:00.000Z' });
    expect(plain(reportMarkdown(report))).toContain(`> Round 1: ${said}`);
    expect(reportHtml(report, 'en')).toContain('Round 1: No pairs: | the pair term');
    const rows = csvRows(reportCsv(state, { lists: [], ledger: [] }));
    const found = rows.filter((row) => row[0] === 'frozen' && row[4] === 'warning');
    expect(found.map((row) => [row[1], row[5], row[9]])).toEqual([['1', '', said]]);
  });

  it('counts texts by the decision that stands, not the lines that decided on many at once', async () => {
    const { root, run, store } = await reportProject({ rounds: 1 });
    await run();
    const items = (await store.items(0)).map(({ itemId, questionId }) => ({ itemId, questionId }));
    const author = { kind: 'person', name: 'ada' } as const;
    const before = (await openView(root)).snapshot().rounds[0]?.decisions;
    expect(before?.rule).toBeGreaterThan(before?.entries ?? 0);
    await store.decide(0, [
      { type: 'reject', author, items: items.slice(0, 7) },
      { type: 'accept', author, items: items.slice(0, 3) },
    ]);
    const view = await openView(root);
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
    const tables = markdownTables(await reportText(await openView(root), 'markdown'));
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
    const view = await openView(root);
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
});

/** The report of a project as its files would tell it. */
function reportOn(options: ProjectOptions): string {
  const picture = boardProject(options);
  const pair = defaultPair(picture);
  const compared = pair && runWhole(compareSteps(picture, pair));
  const beside = { rev: 1, compared, training: null, probes: [] };
  const words = dashboardWords({}, 'en');
  const at = '2026-03-02T10:24:00.000Z';
  const state = dashboardState(picture, beside, String);
  return plain(reportMarkdown(reportOf(state, { words, lists: [], at })));
}

describe('a report of little', () => {
  it('of no exam says so, and has no notes on what is not there', () => {
    const text = reportOn({ rounds: 0 });
    expect(text).toContain('No set has been examined yet.');
    expect(text).not.toMatch(/One exam so far|Right means|Time counts|interval/u);
  });

  it('of training questions alone says that nothing else was asked, and names no dev or test', () => {
    const text = reportOn({ only: ['train'] });
    expect(text).toContain('Questions it is not trained on: No exam of this kind yet.');
    expect(text).toContain('There are no questions but those that it is trained on.');
    expect(text).toContain('this is no measure of progress');
    expect(text).not.toMatch(/\bdev\b/u);
  });

  it('without dev compares the next set, and never the test set by itself', () => {
    expect(reportOn({ only: ['train', 'svamp'] })).toContain('Round 1 → Round 2, svamp');
    expect(reportOn({ only: ['train', 'test'], rounds: 4 })).toContain('Round 2 → Round 3, train');
  });

  it('of exams that were held differently says once that it tests nothing, and gives no interval of a change', () => {
    const text = reportOn({ otherForm: true, only: ['train', 'dev'] });
    const section = text.slice(
      text.indexOf('## Comparison'),
      text.indexOf('## Training questions'),
    );
    expect(section.match(/Not tested/gu)).toHaveLength(1);
    expect(section).not.toMatch(/points|bootstrap|seed/u);
    expect(reportOn({ only: ['train', 'dev'] })).toMatch(/another training run with another seed/u);
  });
});
