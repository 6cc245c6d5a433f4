import type { Page } from 'playwright-core';
import type { Snapshot } from '../../src/shared/reviewContract.ts';
import { NO_FILTER } from '../../src/shared/reviewQueue.ts';
import { anAnswerAgain } from '../fakes/answerAgain.ts';
import { CHOICE_QUESTIONS } from './questions.ts';
import { EXAM_JOB, type HostOptions, type MemoryHost } from './memoryHost.ts';

/** One state of the Review view: what the host says, and what the person did. */
export interface ViewState {
  readonly host?: HostOptions;
  /** The item under the cursor. */
  readonly at?: string;
  readonly before?: (host: MemoryHost) => void;
  readonly act?: (page: Page, host: MemoryHost) => Promise<void>;
  /** What must be on screen then. */
  readonly shows: string;
}

const snapshot = (over: Partial<Snapshot>): HostOptions => ({ snapshot: over });
const empty = (over: Partial<Snapshot>): HostOptions => ({ count: 0, snapshot: over });

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Every state of a review that a person can meet. */
export const STATES: Readonly<Record<string, ViewState>> = {
  ready: { at: 'bakery-0417', shows: '.step-leaves' },
  'no candidate': { at: 'lake-0601', shows: '.side-teacher .empty-note' },
  'gold in doubt': { at: 'market-0688', shows: '.link-strong' },
  hostile: { at: 'hostile-0702', shows: '.question .hidden-character' },
  decided: { act: (page) => press(page, 'a', 'j', 'j', 'x'), shows: '.row-accepted' },
  edit: { at: 'bakery-0417', act: (page) => press(page, 'e'), shows: '.form-edit' },
  write: { at: 'lake-0601', act: (page) => press(page, 'w'), shows: '.form-write' },
  ask: { at: 'bakery-0417', act: (page) => press(page, 'r'), shows: '.form-ask' },
  'people disagree': {
    at: 'bakery-0417',
    before: (host) => {
      host.decideAs('ana', 'bakery-0417', { type: 'accept' });
      host.decideAs('ben', 'bakery-0417', { type: 'reject', reason: 'It skips a step.' });
      host.decideAs('ana', 'bakery-0417', { type: 'pair', sample: 0, keep: true });
      host.decideAs('ben', 'bakery-0417', { type: 'pair', sample: 0, keep: false });
    },
    shows: '.disagree .voice-holds',
  },
  'second opinions': {
    at: 'bakery-0417',
    before: (host) => {
      host.opine('bakery-0417', 2, 'Step 2 subtracts the rolls twice.');
    },
    act: async (page) => {
      await page.getByRole('button', { name: 'Second opinion', exact: true }).click();
    },
    shows: '.opinions p:nth-of-type(4)',
  },
  'ask the student again': {
    at: 'bakery-0417',
    act: (page) => press(page, 'Shift+R'),
    shows: '.form-again',
  },
  'asked again': {
    at: 'bakery-0417',
    before: (host) => {
      const right = ' There are 6 * 12 = 72 rolls.\n72 - 45 - 13 = 14 rolls.\nAnswer: 14';
      const asking = { asking: 'first', samples: 4 };
      host.askedAgain.push(
        anAnswerAgain('bakery-0417', { over: asking }),
        anAnswerAgain('bakery-0417', { over: { ...asking, sample: 5, text: right } }),
        anAnswerAgain('bakery-0417', { over: { ...asking, sample: 6, text: ' I do not know.' } }),
      );
    },
    act: async (page) => {
      await press(page, 'Shift+R');
      await page.locator('.form-again select').first().selectOption('base');
      await page.locator('.form-again select').nth(1).selectOption('greedy');
      await press(page, 'Control+Enter');
    },
    shows: '.asking:nth-child(2)',
  },
  'ask a program': {
    host: snapshot({
      banners: [{ code: 'programmatic', message: 'The teacher is a program.', action: null }],
    }),
    at: 'bakery-0417',
    act: (page) => press(page, 'r'),
    shows: '.form-ask',
  },
  override: { at: 'hostile-0702', act: (page) => press(page, 'a'), shows: '.form-override' },
  'first wrong step': {
    at: 'bakery-0417',
    act: (page) => press(page, 'm'),
    shows: '.form-first-error',
  },
  'fix the gold': {
    at: 'market-0688',
    act: (page) => page.getByRole('button', { name: 'Fix…' }).click(),
    shows: '.form-gold',
  },
  choices: { host: { asked: CHOICE_QUESTIONS }, at: 'ink-0715', shows: '.choice-picked' },
  'fix the gold among choices': {
    host: { asked: CHOICE_QUESTIONS },
    at: 'ink-0715',
    act: (page) => page.getByRole('button', { name: 'Fix…' }).click(),
    shows: '.form-gold select',
  },
  'fix the question': {
    at: 'market-0688',
    act: (page) => page.locator('.question-head .button-icon').first().click(),
    shows: '.form-question',
  },
  'plain texts': { at: 'bakery-0417', act: (page) => press(page, 'd'), shows: '.side-text' },
  'word diff': { at: 'market-0688', act: (page) => press(page, '2', 'd', 'd'), shows: '.diff ins' },
  'unlike texts': { at: 'lake-0601', act: (page) => press(page, 'd', 'd'), shows: '.empty-note' },
  'a failing candidate': {
    at: 'bakery-0417',
    act: (page) => press(page, '3'),
    shows: '.side-teacher .answer-tag-wrong',
  },
  keys: { act: (page) => press(page, '?'), shows: '.keys' },
  filter: { act: (page) => press(page, 'f'), shows: '#filter-panel' },
  'a list from elsewhere': {
    act: (_page, host) => {
      const ids = ['bakery-0417', 'lake-0601', 'market-0688'];
      host.list({ label: '3 questions: newly wrong, round 1 → 2, train', ids, round: null });
      return Promise.resolve();
    },
    shows: '.chip-list',
  },
  picked: {
    act: (page) => press(page, 'Shift+ArrowDown', 'Shift+ArrowDown'),
    shows: '.batch-picked',
  },
  'bulk question': {
    act: (page) => press(page, 'Shift+ArrowDown', 'a'),
    shows: '.batch-question',
  },
  refused: {
    at: 'bakery-0417',
    act: async (page, host) => {
      host.refuse = 'Another window froze the round meanwhile.';
      await press(page, 'a');
      await page.locator('.row-notice').waitFor();
      await press(page, 'k');
    },
    shows: '.row-notice',
  },
  loading: { before: (host) => void (host.silent = true), shows: '.skeleton' },
  'no student': {
    host: empty({
      phase: 'no-student',
      writable: false,
      primary: { label: 'Choose Student…', verb: 'choose-student' },
    }),
    shows: '.blank',
  },
  'no exam': {
    host: empty({
      phase: 'no-exam',
      writable: false,
      primary: { label: 'Run Exam', verb: 'run-exam' },
    }),
    shows: '.blank',
  },
  failed: {
    host: empty({
      phase: 'failed',
      writable: false,
      reason: 'tailor.json: "exam.samples" must be a whole number from 1 to 64.',
      primary: { label: 'Reload', verb: 'reload' },
    }),
    shows: '.blank',
  },
  'no teaching': {
    host: snapshot({ primary: { label: 'Ask Teacher', verb: 'ask-teacher' } }),
    shows: '.banner',
  },
  untrusted: {
    host: snapshot({
      canAsk: false,
      banners: [
        {
          code: 'untrusted',
          message: 'Restricted Mode: you can read and review; running models is off.',
          action: { label: 'Manage Trust', verb: 'manage-trust' },
        },
      ],
    }),
    shows: '.banner-warning',
  },
  'no key': {
    host: snapshot({
      canAsk: false,
      banners: [
        {
          code: 'no-key',
          message: 'No key for the teacher “openai”: asking again is off.',
          action: { label: 'Set Teacher Key…', verb: 'set-key' },
        },
        {
          code: 'programmatic',
          message: 'The built-in teacher is a program, not a language model.',
          action: { label: 'Choose Teacher…', verb: 'choose-teacher' },
        },
      ],
    }),
    shows: '.banner-info',
  },
  exam: {
    host: snapshot({
      job: EXAM_JOB,
      banners: [{ code: 'paced', message: 'Rate limited, resumes 14:32.', action: null }],
    }),
    shows: '.job',
  },
  'file error': {
    host: snapshot({
      banners: [
        {
          code: 'file-error',
          message: 'Line 812 of rounds/1/exam/train.jsonl is not valid JSON; 1,030 others loaded.',
          action: { label: 'Open Line', verb: 'open-bad-line' },
        },
        {
          code: 'changed-on-disk',
          message: 'data/train.jsonl changed (git checkout?). Everything was read again.',
          action: { label: 'OK', verb: 'reload' },
        },
        {
          code: 'orphans',
          message: '3 decisions match nothing in the data any more; they are kept, not used.',
          action: null,
        },
      ],
    }),
    shows: '.banner-warning',
  },
  frozen: {
    host: snapshot({
      phase: 'frozen',
      writable: false,
      reason: 'Round 1 is frozen: it can be read, not changed.',
      primary: { label: 'Train Round 1', verb: 'train' },
    }),
    shows: '.banner',
  },
  training: {
    host: snapshot({
      phase: 'training',
      writable: false,
      reason: 'Round 1 is frozen: it can be read, not changed.',
      job: { stage: 'Training', done: 812, total: 1140, etaMs: 240_000, note: 'loss 0.41' },
      primary: { label: 'Show Training', verb: 'show-training' },
    }),
    shows: '.job',
  },
  'nothing matches': {
    act: async (page) => {
      await press(page, '/');
      await page.keyboard.type('zzz');
    },
    shows: '.blank-small',
  },
  'all done': {
    host: {
      count: 6,
      snapshot: {
        counts: {
          total: 1031,
          todo: 0,
          accepted: 811,
          edited: 96,
          rejected: 124,
          flagged: 18,
          byRule: 0,
          pairs: 700,
        },
        primary: { label: 'Freeze Round 1', verb: 'freeze' },
      },
    },
    shows: '.banner-done',
  },
  'spot check': {
    host: snapshot({
      spotCheck: {
        drawn: 60,
        decided: 12,
        bad: 1,
        population: 872,
        bound: null,
        remaining: 812,
        random: true,
      },
    }),
    shows: '.spot',
  },
  'spot check done': {
    host: snapshot({
      spotCheck: {
        drawn: 60,
        decided: 60,
        bad: 1,
        population: 872,
        bound: 0.0766,
        remaining: 812,
        random: true,
      },
    }),
    shows: '.spot vscode-button',
  },
  'spot check not random': {
    host: snapshot({
      spotCheck: {
        drawn: 60,
        decided: 60,
        bad: 0,
        population: 872,
        bound: null,
        remaining: 812,
        random: false,
      },
    }),
    shows: '.spot-warning',
  },
};

/** What the editor keeps of a view whose cursor is on an item. */
export function keptAt(sel: string | null): unknown {
  return {
    sel,
    filter: NO_FILTER,
    sort: sel === null ? 'flagged-first' : 'data-order',
    scroll: 0,
    draft: {},
    open: null,
    hidden: [],
  };
}
