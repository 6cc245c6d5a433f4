// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { listNameSchema } from '../../../../src/shared/dashboardContract.ts';
import { rateOf } from '../../../../src/core/round/statistics.ts';
import { boardClient, PROBES, trainingOf } from '../../../webview/boardHost.ts';
import { all, press, settle, showBoard, textOf, texts } from './boardRig.tsx';

const part = (id: string): HTMLElement | undefined => all(`#part-${id}`)[0];
const inPart = (id: string, selector: string): string[] =>
  [...(part(id)?.querySelectorAll(selector) ?? [])].map((one) => textOf(one));

describe('the Round Dashboard', () => {
  it('shows no accuracy without its interval and n, dev apart from train', async () => {
    const { host } = await showBoard();
    const state = host.state();
    const figures = all('#part-accuracy .picture').map((one) => one.getAttribute('aria-label'));
    expect(figures).toHaveLength(2);
    expect(figures[0]).toMatch(
      /^dev: from .* \[.*\] \(n = 318\) in round 0 to .* in round 2\. svamp/u,
    );
    expect(figures[1]).toMatch(/^train: from/u);
    expect(figures[0]).not.toContain('train:');
    const rows = inPart('exams', 'tbody tr');
    const exams = state.rounds.flatMap((round) => round.exams);
    const shares = rows.map((row) => (row.match(/\d+\.\d %/gu) ?? []).length);
    expect(shares).toEqual(exams.map(({ several }) => (several === null ? 1 : 4)));
    expect(new Set(shares).size).toBe(2);
    expect(rows.every((row) => /\d %? \[[\d.]+–[\d.]+\] n = \d+/u.test(row))).toBe(true);
  });

  it('says whether rounds differ by a test on the same questions', async () => {
    const { host } = await showBoard();
    const { comparison } = host.state();
    const { fixed, newlyWrong, stillWrong, stillRight, verdict, n } = comparison!;
    expect(fixed + newlyWrong + stillWrong + stillRight).toBe(n);
    expect(inPart('change', '.bar-numbers li')).toEqual(
      [fixed, newlyWrong, stillWrong, stillRight].map(String),
    );
    expect(inPart('change', '.verdict-words').join()).toContain(verdict);
    const said = inPart('change', '.tests li');
    expect(said[0]).toMatch(/^net [+\u2212]?\d+$/u);
    const [, p = ''] =
      /^Exact McNemar test on the same 320 questions: (p [=<] [\d.]+)\.$/u.exec(said[1] ?? '') ??
      [];
    // The same as in the verdict, digit for digit.
    expect(p).toMatch(/^p [=<]/u);
    expect(verdict).toContain(`(exact McNemar ${p})`);
    expect(said[2]).toMatch(/95 % interval .* \(paired bootstrap\)/u);
  });

  it('gives no p value with several samples, and no test where the exams differ', async () => {
    await showBoard({ samples: 4 });
    expect(inPart('change', '.tests').join()).toContain('no p value is given');
    expect(inPart('change', '.bar-names li')).toContain('flaky');
    await showBoard({ otherForm: true });
    const said = inPart('change', '.tests').join();
    expect(said).toContain('Not tested.');
    expect(said).toContain('exam.maxNewTokens');
    expect(said).not.toMatch(/points|p =/u);
  });

  it('compares the rounds and the set that are chosen', async () => {
    const { host } = await showBoard();
    const [from, , set] = all('#part-change select') as HTMLSelectElement[];
    const choose = async (select: HTMLSelectElement | undefined, value: string): Promise<void> => {
      select!.value = value;
      select!.dispatchEvent(new Event('change', { bubbles: true }));
      await settle();
    };
    await choose(from, '0');
    await choose(set, 'test');
    const asked = host.calls.filter(({ method }) => method === 'compare');
    expect(asked.map(({ params }) => params)).toEqual([
      { from: 0, to: 2, set: 'dev' },
      { from: 0, to: 2, set: 'test' },
    ]);
    expect(inPart('change', 'h3')).toEqual(['Questions of test, round 0 → 2']);
    await choose(all('#part-change select')[2] as HTMLSelectElement, 'svamp');
    await choose(all('#part-change select')[0] as HTMLSelectElement, '1');
    // The test set was not examined in round 1: its own two rounds are compared.
    await choose(all('#part-change select')[2] as HTMLSelectElement, 'test');
    expect(host.calls.at(-1)?.params).toEqual({ from: 0, to: 2, set: 'test' });
  });

  it('has behind every number the list of exactly so many questions', async () => {
    const { host } = await showBoard();
    const numbers = all('button.number');
    expect(numbers.length).toBeGreaterThan(40);
    const client = boardClient(host);
    for (const button of numbers) {
      const list = listNameSchema.parse(JSON.parse(button.dataset['list'] ?? ''));
      const { total } = await client.request('list', { list, from: 0, count: 1 });
      expect(textOf(button), JSON.stringify(list)).toBe(total.toLocaleString('en'));
    }
    await press(/^\d+: without an answer in round 2, dev/u);
    expect(texts('.pages span')).toEqual([
      `1–${all('.question').length} of ${all('.question').length}`,
    ]);
  });

  it('opens the questions of a frozen set, those that it teaches and those that it does not', async () => {
    const { host } = await showBoard();
    const frozen = host.state().rounds[1]?.frozen;
    expect(frozen?.questions).toBe(160);
    await press(/^160: all questions, frozen set of round 1$/u);
    expect(host.calls.at(-1)?.params).toMatchObject({
      list: { kind: 'coverage', round: 1, group: 'questions' },
    });
    expect(texts('.question-id')).toHaveLength(50);
  });

  it('says beside a test what no test of one training run can say', async () => {
    const noise = /another training run with another seed/u;
    const { host } = await showBoard();
    expect(inPart('change', 'p').join()).toMatch(noise);
    // One student in both rounds: no training stands between them.
    const [first] = host.state().rounds;
    const student = first?.student ?? { name: '', digest: '' };
    host.tell({ rounds: host.state().rounds.map((round) => ({ ...round, student })) });
    await settle();
    expect(inPart('change', 'p').join()).not.toMatch(noise);
  });

  it('pages a list, leads to each question, and the training questions to Review', async () => {
    const { host } = await showBoard();
    await press(/^\d+: still wrong/u);
    const ids = (): string[] => texts('.question-id');
    const first = ids();
    expect(first).toHaveLength(50);
    await press(/^Next questions$/u);
    expect(ids()[0]).not.toBe(first[0]);
    await press(/^Previous questions$/u);
    expect(ids()).toEqual(first);
    // Dev questions are not reviewed.
    expect(texts('.list-tools vscode-button').join()).not.toContain('Show in Review');
    await press(new RegExp(`^Open ${first[0] ?? ''}$`, 'u'));
    const list = { kind: 'change', from: 1, to: 2, set: 'dev', group: 'still-wrong' };
    expect(host.calls.at(-1)).toEqual({ method: 'open', params: { list, id: first[0] } });
    await press(/^\d+: never right/u);
    await press(/^Show in Review$/u);
    expect(host.calls.at(-1)?.params).toEqual({
      list: { kind: 'trajectory', group: 'stubborn' },
      id: null,
    });
  });

  it('says of how many exams the courses are, also of one', async () => {
    await showBoard();
    expect(inPart('course', 'h3')).toEqual(['Over 3 exams, up to round 2']);
    await showBoard({ rounds: 1 });
    expect(inPart('course', 'h3')).toEqual(['In the exam of round 0']);
  });

  it('says of what the courses cannot tell that it is not known yet, not 0', async () => {
    const numbers = (): (readonly [string, string])[] => {
      const shown = inPart('course', '.bar-numbers li');
      return inPart('course', '.bar-names li').map((name, at) => [name, shown[at] ?? '']);
    };
    await showBoard();
    expect(Object.fromEntries(numbers())['forgotten']).toMatch(/^\d+$/u);
    expect(inPart('course', 'p').join()).not.toContain('cannot be known');
    // The last student has not been asked the training questions.
    await showBoard({ skipTrain: [2] });
    expect(Object.fromEntries(numbers())).toMatchObject({ forgotten: 'not known yet' });
    expect(inPart('course', 'p')[0]).toBe(
      'Round 2 has no exam on the training questions: what its student forgot since round 1 cannot be known yet.',
    );
    await showBoard({ rounds: 1 });
    const unknown = numbers().filter(([, shown]) => shown === 'not known yet');
    expect(unknown.map(([name]) => name)).toEqual(['learned', 'never right', 'forgotten']);
  });

  it('tells each question’s course by signs that are also said, and where it was taught', async () => {
    await showBoard();
    await press(/^\d+: newly wrong/u);
    const [question] = all('.question');
    expect([...question!.querySelectorAll('.sign')].map((one) => textOf(one))).toEqual(
      expect.arrayContaining(['round 1: right✓', 'round 2: wrong✗']),
    );
    // The answers of the two rounds that are compared, each under its round.
    expect(texts('.question-facts')[0]).toMatch(
      /^gold \d+round 1: answer \d+round 2: (?:answer \d+|no answer could be read)/u,
    );
    await press(/^\d+: wrong in round 0, train/u);
    expect(texts('.question-facts')[0]).toMatch(
      /^gold \d+round 0: (?:last answer \d+|no answer could be read in the last sample)/u,
    );
    await press(/^\d+: with a rationale, frozen set of round 1/u);
    expect(texts('.question-facts').some((text) => /taught in rounds 0, 1/u.test(text))).toBe(true);
  });

  it('closes a list with Escape and goes back to its number', async () => {
    await showBoard();
    await press(/^\d+: fixed/u);
    expect(document.activeElement?.id).toBe('list-title');
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }),
    );
    await settle();
    expect(all('.list-panel')).toEqual([]);
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(
      /: fixed, round 1 → 2, dev$/u,
    );
  });

  it('is read again when the project has changed, and only then', async () => {
    const { host } = await showBoard();
    await press(/^\d+: fixed/u);
    const asked = (): number => host.calls.filter(({ method }) => method === 'list').length;
    expect(asked()).toBe(1);
    host.tell({ training: trainingOf({ rev: 2 }) });
    await settle();
    expect(asked()).toBe(1);
    host.tell({ rounds: host.state().rounds.slice(0, 2) });
    await settle();
    expect(asked()).toBe(2);
  });

  it('shows a training as it goes on, and stops it', async () => {
    const { host } = await showBoard({ over: { training: trainingOf() } });
    expect(texts('.live-words')[0]).toBe(
      'Training of round 2Running · Step 412 of 570 · 4 min left',
    );
    expect(all('.board-head vscode-button').map((one) => textOf(one))).not.toContain(
      'Run Next Round',
    );
    host.tell({ training: trainingOf({ rev: 2, step: 500, etaMs: 80_000 }) });
    await settle();
    expect(texts('.live-words')[0]).toContain('Step 500 of 570 · 80 s left');
    await press(/^Stop$/u);
    expect(host.calls.at(-1)).toEqual({ method: 'run', params: { verb: 'stop' } });
    host.tell({ training: trainingOf({ rev: 3, state: 'done', canStop: false }) });
    await settle();
    expect(all('.live')).toEqual([]);
    expect(inPart('train', 'figure h3')).toContain('Language-model loss by source');
  });

  it('shows another run when it is chosen', async () => {
    const { host } = await showBoard({ over: { training: trainingOf() } });
    const select = all('#part-train select')[0] as HTMLSelectElement;
    expect([...select.options].map((one) => textOf(one))).toEqual([
      'Round 2: r2-run (Not finished)',
      'Round 1: r1-run (Done), taken over',
      'Round 0: r0-run (Done), taken over',
    ]);
    select.value = '0/r0-run';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    await settle();
    expect(host.calls.at(-1)).toEqual({
      method: 'showRun',
      params: { round: 0, runId: 'r0-run' },
    });
  });

  it('says unknown where nothing was written down, not 0, and no figures where nobody was asked', async () => {
    const { host } = await showBoard();
    const rows = inPart('cost', 'tbody tr');
    expect(rows[0]).toContain('unknown');
    expect(rows[0]).toContain('nobody asked––––');
    const free = host.state().rounds.map((round) => ({
      ...round,
      seconds: { exam: 0.4 },
      teacher: { profile: 'programmatic', programmatic: true },
      spent: { ...round.spent, calls: 3, money: [] },
    }));
    host.tell({ rounds: free });
    await settle();
    expect(inPart('cost', 'tbody tr')[0]).toMatch(/^Round 2.*\)30 \/ 0nothing0exam under 1 s/u);
    const spent = {
      ...{ profiles: ['gpu-box'], requests: 7, calls: 5, refused: 0, possiblyBilled: 2 },
      ...{ promptTokens: 900, completionTokens: 80, estimated: true },
      money: ['EUR', 'USD'].map((currency, at) => ({ amount: 12.5 - at, currency })),
    };
    host.tell({ rounds: free.map((round) => ({ ...round, served: { spent } })) });
    await settle();
    const [own, exams] = inPart('cost', 'tbody tr');
    expect(own).toMatch(/^Round 2.*\)30 \/ 0–0unknown/u);
    expect(exams).toMatch(
      /^Round 2exams, student server gpu-box5about 900 \/ 80at most 12\.50 EUR \+ 11\.50 USD2under 1 s–$/u,
    );
    host.tell({ rounds: free.map((round) => ({ ...round, served: { spent: null } })) });
    await settle();
    expect(inPart('cost', 'tbody tr')[1]).toMatch(/student server(unknown){4}under 1 s–$/u);
    expect(rows[1]).toMatch(/48,213 \/ 12,870 ?0\.1994 USD/u);
    expect(rows[1]).toMatch(/teaching 61 s ?training run 12 min \(61,280 tokens\)/u);
  });

  it('shows with rates of acceptance what a person decided on, or that nobody did', async () => {
    const rate = rateOf(3, 4);
    const acceptance = {
      name: 'annotate@3f2a91c0',
      items: 9,
      questions: 9,
      passed: rateOf(8, 9),
      accepted: rate,
      edited: 1,
    };
    await showBoard({ over: { acceptance: { byPrompt: [acceptance], byErrorKind: [] } } });
    expect(inPart('decide', 'tbody tr').at(-1)).toMatch(
      /annotate@3f2a91c0.*75\.0 % \[.*\] n = 4 ?1$/u,
    );
    await showBoard();
    expect(inPart('decide', 'tbody tr').at(-1)).toContain('nobody decided');
  });

  it('counts decided texts, attempts and questions, and entries apart, so named', async () => {
    const { host } = await showBoard();
    const [round] = host
      .state()
      .rounds.toReversed()
      .filter(({ decisions }) => decisions.entries);
    const { person, rule, entries } = round!.decisions;
    expect(person + rule).not.toBe(entries);
    const row = [...part('decide')!.querySelectorAll('tbody tr')][0];
    const cells = [...row!.querySelectorAll('td')].map((cell) => textOf(cell));
    expect([cells[0], cells[1], cells[3]]).toEqual([person, rule, entries].map(String));
    expect(inPart('decide', 'thead th').slice(0, 5)).toContain('Entries');
    expect(inPart('decide', 'p')[0]).toContain('by the decision that stands now');
  });

  it('counts looks at the test set, and looks only when asked to', async () => {
    const { host } = await showBoard();
    expect(inPart('test', 'p')[0]).toMatch(/^Looked at 3 times, last /u);
    expect(host.calls.some(({ method }) => method === 'run')).toBe(false);
    await press(/^Look at Test/u);
    expect(host.calls.at(-1)?.params).toEqual({ verb: 'look-at-test' });
    host.tell({ testLooks: { times: 0, last: null } });
    await settle();
    expect(inPart('test', 'p')[0]).toBe('Not looked at yet.');
    host.tell({ testLooks: null });
    await settle();
    expect(inPart('test', 'vscode-button')).toEqual([]);
  });

  it('names the rounds that a student saw as one or as several, and no texts of none', async () => {
    await showBoard();
    const cells = [...part('saw')!.querySelectorAll('tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].slice(-2).map((cell) => textOf(cell)),
    );
    expect(cells.map(([rounds]) => rounds)).toEqual([
      'rounds 0, 1',
      'round 0',
      'nothing of this project',
    ]);
    expect(cells[1]?.[1]).toMatch(/^\d+ \/ \d+$/u);
    expect(cells[2]?.[1]).toBe('–');
  });

  it('has a word and one thing to do for every kind of nothing', async () => {
    const { host } = await showBoard({ rounds: 0 });
    expect(texts('.blank h2')).toEqual(['No exam yet']);
    await press(/^Run Next Round$/u);
    expect(host.calls.at(-1)?.params).toEqual({ verb: 'round' });
    await showBoard({ rounds: 1, over: { contaminationKnown: false } });
    expect(inPart('change', '.muted')).toEqual([
      'One exam so far. A comparison needs a second one of the same set.',
    ]);
    expect(inPart('train', '.muted')).toEqual(['Nothing has been trained yet.']);
    expect(inPart('taught', '.muted')).toEqual(['No round has been frozen yet.']);
    expect(inPart('overlap', 'p')).toEqual(['The texts are being compared…']);
  });

  it('saves reports and pictures', async () => {
    const { host, store } = await showBoard();
    await press(/^Export$/u);
    expect(texts('.menu-item')).toEqual([
      'Report as Markdown',
      'Report as Web Page',
      'Numbers as CSV',
    ]);
    await press(/^Numbers as CSV$/u);
    expect(host.calls.at(-1)).toEqual({ method: 'export', params: { format: 'csv' } });
    expect(all('.menu')).toEqual([]);
    await press(/^Questions it is not trained on: save as SVG$/u);
    const { params } = host.calls.at(-1) as { params: { name: string; data: string } };
    expect(params.name).toBe('accuracy');
    expect(params.data).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="752"/u);
    expect(params.data).not.toContain('var(');
    expect(params.data).toContain('dev');
    expect(store.said.peek()).toBe('Saved.');
  });

  it('saves the curves of a training, too', async () => {
    const { host } = await showBoard({ over: { training: trainingOf() } });
    await press(/^Language-model loss by source: save as SVG$/u);
    const { params } = host.calls.at(-1) as { params: { name: string; data: string } };
    expect(params.name).toBe('curve-source');
    expect(params.data).toContain('Student’s own right attempts');
  });

  it('says what was refused and what helps, and goes on', async () => {
    const { host } = await showBoard();
    host.refuse = 'Restricted Mode.';
    await press(/^Run Next Round$/u);
    expect(texts('.problem')).toEqual(['Restricted Mode. Do something else.']);
    await press(/^Run Next Round$/u);
    expect(all('.problem')).toEqual([]);
    host.refuse = 'The list cannot be read.';
    await press(/^\d+: fixed/u);
    expect(texts('.list-panel .problem')).toEqual(['The list cannot be read. Do something else.']);
  });

  it('takes no older state for a newer one', async () => {
    const { host, store } = await showBoard();
    host.tell({ project: 'newer' });
    await settle();
    host.send({ ...host.state(), rev: 1, project: 'older' });
    await settle();
    expect(store.state.peek()?.project).toBe('newer');
    expect(texts('h1')).toEqual(['Round Dashboard · newer']);
  });

  it('threat 6: shows texts of data, teacher and trainer as text, and what hides in them', async () => {
    await showBoard({
      name: '<img src=x onerror="window.harm=1">\u202e',
      over: {
        labels: ['<b>label</b>'],
        notes: ['<script>window.harm=1</script>'],
        training: trainingOf(),
        probes: PROBES.map((probe) => ({ ...probe, question: '<i>How</i>\u200b?' })),
      },
    });
    expect(all('img, script, b, i')).toEqual([]);
    expect(texts('h1')[0]).toContain('<img src=x onerror="window.harm=1">U+202E');
    expect(texts('.labels')[0]).toContain('<b>label</b>');
    expect(texts('.probe-question')[0]).toContain('<i>How</i>U+200B?');
  });

  it('comes back with the list that was open', async () => {
    const { store } = await showBoard();
    await press(/^\d+: fixed/u);
    const kept: unknown = JSON.parse(JSON.stringify(store.look.peek()));
    await showBoard({}, kept);
    expect(texts('#list-title')).toEqual(['fixed, round 1 → 2, dev']);
    await showBoard({}, { list: { kind: 'nothing' }, tables: 3 });
    expect(all('.list-panel')).toEqual([]);
  });
});
