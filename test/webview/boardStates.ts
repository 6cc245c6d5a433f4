import type { Page } from 'playwright-core';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import { PROBES, trainingOf, type BoardHost, type BoardOptions } from './boardHost.ts';

/** One state of the Round Dashboard: what the host says, and what the person did. */
export interface BoardState {
  readonly host?: BoardOptions;
  readonly before?: (host: BoardHost) => void;
  readonly act?: (page: Page, host: BoardHost) => Promise<void>;
  /** What must be on screen then. */
  readonly shows: string;
}

const whole: Partial<DashboardState> = {
  training: trainingOf({
    round: 1,
    runId: 'r1-run',
    runs: trainingOf().runs.slice(0, 2),
    state: 'done',
    phase: null,
    step: 570,
    etaMs: 0,
    canStop: false,
  }),
  probes: PROBES,
};

const openList = async (page: Page, name: RegExp): Promise<void> => {
  await page.getByRole('button', { name }).first().click();
  await page.locator('.question').first().waitFor();
};

/** Every state of the dashboard that a person can meet. */
export const BOARD_STATES: Readonly<Record<string, BoardState>> = {
  whole: { host: { over: whole }, shows: '.bars' },
  'a training goes on': {
    host: { over: { ...whole, training: trainingOf() } },
    shows: '.live',
  },
  'nothing trained': {
    host: { rounds: 1, over: { testLooks: null } },
    shows: '#part-train .muted',
  },
  'no exam yet': { host: { rounds: 0 }, shows: '.blank' },
  'only dev': { host: { over: whole, only: ['dev'] }, shows: '.bars' },
  'forgotten is not known': {
    host: { skipTrain: [2], over: whole },
    shows: '.number-instead',
  },
  'exams that differ': { host: { otherForm: true, over: whole }, shows: '.verdict' },
  'several samples': { host: { samples: 4, over: whole }, shows: '.bars' },
  'programmatic, with notes': {
    host: {
      over: {
        ...whole,
        labels: ['Programmatic teacher: a program, not a language model', 'Demonstration student'],
        notes: ['rounds/1/exam/train.pc-1.jsonl: line 812 is not valid JSON.'],
        testLooks: { times: 0, last: null },
      },
    },
    shows: '.labels',
  },
  contaminated: {
    host: {
      over: {
        ...whole,
        contamination: [
          {
            of: 'train',
            with: 'dev',
            same: 'numbers',
            groups: 12,
            questions: 31,
            examples: [{ first: ['train-0001', 'train-0009'], second: ['dev-0003'] }],
          },
          { of: 'rationales', with: 'test', same: 'phrase', groups: 1, questions: 2, examples: [] },
        ],
      },
    },
    shows: '.examples',
  },
  'hostile texts': {
    host: {
      name: '<img src=x onerror="window.harm=1">\u202e shells',
      over: {
        ...whole,
        labels: ['<script>window.harm=1</script>'],
        notes: ['\u0007 <svg onload="window.harm=1">'],
        probes: PROBES.map((probe) => ({
          ...probe,
          question: '<b>How many</b>\u200b?',
          samples: probe.samples.map((one) => ({ ...one, text: '<script>window.harm=1</script>' })),
        })),
      },
    },
    shows: '.hidden-character',
  },
  'as tables': {
    host: { over: whole },
    act: async (page) => {
      // A pressed one has another name at once.
      const buttons = page.getByRole('button', { name: /: Table$/u });
      for (let left = await buttons.count(); left > 0; left -= 1) await buttons.first().click();
    },
    shows: '.scroll',
  },
  'a list': {
    host: { over: whole },
    act: (page) => openList(page, /newly wrong/u),
    shows: '.question',
  },
  'a list of training questions': {
    host: { over: whole },
    act: (page) => openList(page, /never right|too few samples/u),
    shows: '.list-tools vscode-button',
  },
  'the export menu': {
    host: { over: whole },
    act: (page) => page.getByRole('button', { name: 'Export', exact: true }).click(),
    shows: '.menu-item',
  },
  refused: {
    host: { over: whole },
    act: async (page, host) => {
      host.refuse = 'Restricted Mode: running models is off.';
      await page.getByRole('button', { name: 'Run Next Round' }).click();
    },
    shows: '.problem',
  },
  loading: { before: (host) => void (host.silent = true), shows: '.spinner' },
};
