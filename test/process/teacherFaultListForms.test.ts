import { describe, expect, it } from 'vitest';
import { startFaultServer } from '../fakes/faultServer.ts';
import { never } from '../fakes/teacherBench.ts';
import { sameBooks } from '../fakes/teacherBooks.ts';
import { play, requestOf, scene, teach, playEach } from './programmatic/faultPlay.ts';

describe('the form of a stream', () => {
  const form = (name: string): object => ({ type: 'form', form: name });
  playEach([
    ['teacher fault: CRLF', form('crlf'), 'accepted', 'same tokens'],
    ['teacher fault: no space after data:', form('noSpace'), 'accepted', 'same tokens'],
    ['teacher fault: multi-line data', form('multiLineData'), 'accepted', 'same tokens'],
    ['teacher fault: comments', form('comments'), 'accepted', 'same tokens'],
    ['teacher fault: two events in one segment', form('twoEvents'), 'accepted', 'same tokens'],
    [
      'teacher fault: split at every byte, inside a code point too',
      form('everyByte'),
      'accepted',
      'same tokens',
    ],
    ['teacher fault: bad JSON event', form('badEvent'), 'accepted', 'unknown'],
    ['teacher fault: {"error"} event', form('errorEvent'), 'accepted', 'unknown'],
    ['teacher fault: reasoning_content', form('reasoning'), 'accepted', 'same tokens'],
    ['teacher fault: interleaved n', form('interleaved'), 'accepted', 'same tokens'],
  ]);
});

describe('body', () => {
  const body = (form: string): object => ({ type: 'body', form });
  playEach([
    ['teacher fault: truncated JSON', body('truncated'), 'accepted', 'unknown'],
    ['teacher fault: HTML 200', body('html'), 'accepted', 'unknown'],
    ['teacher fault: empty body', body('empty'), 'accepted', 'unknown'],
    ['teacher fault: {"error"} 200', body('error'), 'accepted', 'unknown'],
    ['teacher fault: no choices', body('noChoices'), 'accepted', 'same tokens', 'again'],
    ['teacher fault: null content', body('nullContent'), 'accepted', 'same tokens', 'again'],
    ['teacher fault: wrong content type', body('contentType'), 'accepted', 'same tokens'],
    ['teacher fault: BOM', body('bom'), 'accepted', 'same tokens'],
  ]);
});

describe('usage', () => {
  const usage = (form: string): object => ({ type: 'usage', form });
  playEach([
    ['teacher fault: usage missing', usage('missing'), 'accepted', 'estimated'],
    ['teacher fault: usage null', usage('null'), 'accepted', 'estimated'],
    ['teacher fault: usage zero', usage('zero'), 'accepted', 'estimated'],
    [
      'teacher fault: usage cumulative in every chunk',
      usage('cumulative'),
      'accepted',
      'same tokens',
    ],
    ['teacher fault: usage absurd', usage('absurd'), 'accepted', 'estimated'],
  ]);
});

describe('content', () => {
  const content = (form: string): object => ({ type: 'content', form });
  playEach([
    ['teacher fault: refusal', content('refusal'), 'turned away', 'same tokens'],
    ['teacher fault: wrong answer', content('wrongAnswer'), 'turned away', 'same tokens'],
    ['teacher fault: no answer line', content('noAnswer'), 'turned away', 'same tokens'],
    ['teacher fault: <think>', content('think'), 'accepted', 'same tokens'],
    ['teacher fault: fenced JSON', content('fencedJson'), 'turned away', 'same tokens'],
    ['teacher fault: trailing text', content('trailing'), 'turned away', 'same tokens'],
    ['teacher fault: 5 MB', content('huge'), 'item: teacher.unfinished', 'unknown'],
    ['teacher fault: NUL', content('nul'), 'turned away', 'same tokens'],
    ['teacher fault: ANSI', content('ansi'), 'turned away', 'same tokens'],
    ['teacher fault: bidi', content('bidi'), 'turned away', 'same tokens'],
    ['teacher fault: lone surrogate', content('loneSurrogate'), 'turned away', 'same tokens'],
    ['teacher fault: <|im_end|>', content('imEnd'), 'turned away', 'same tokens'],
    ['teacher fault: obeys an injection', content('obeysInjection'), 'turned away', 'same tokens'],
  ]);
});

describe('identity', () => {
  it.each([
    ['teacher fault: redirect 301 to another origin', 301],
    ['teacher fault: redirect 302 to another origin', 302],
    ['teacher fault: redirect 307 to another origin', 307],
    ['teacher fault: redirect 308 to another origin', 308],
  ])('%s', async (_, status) => {
    const elsewhere = await startFaultServer(() => ({ kind: 'reply' }));
    const location = `${elsewhere.baseURL}/chat/completions`;
    try {
      const redirect = { type: 'redirect', status, location };
      await play(['', redirect, 'run: teacher.redirect', 'nothing']);
      expect(elsewhere.seen).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  it.each([
    ['teacher fault: response.model changes midway', 'model'],
    ['teacher fault: fingerprint changes midway', 'fingerprint'],
  ])('%s', async (_, what) => {
    const made = await scene([{ match: { nth: 2 }, fault: { type: 'drift', what } }]);
    const drifted: boolean[] = [];
    for (const draw of [0, 1, 2]) {
      const reply = await made.opened.teacher.ask(requestOf(draw), never);
      drifted.push(made.opened.teacher.drifted(reply));
    }
    expect(drifted).toEqual([false, true, false]);
    expect(made.bench.warnings).toHaveLength(1);
    const books = await sameBooks(made.server, made.bench, made.opened, made.endpoint);
    expect(books).toEqual(['same tokens', 'same tokens', 'same tokens']);
  });

  it('and a server without a fault is booked alike', async () => {
    const made = await scene([]);
    expect(await teach(made)).toBe('accepted');
    const books = await sameBooks(made.server, made.bench, made.opened, made.endpoint);
    expect(books).toEqual(['same tokens']);
  });
});
