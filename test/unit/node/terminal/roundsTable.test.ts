import { describe, expect, it } from 'vitest';
import { compareExams, type Outcome } from '../../../../src/core/round/compare.ts';
import { spendingOf } from '../../../../src/core/round/spending.ts';
import { openRound } from '../../../../src/core/round/state.ts';
import { rateOf } from '../../../../src/core/round/statistics.ts';
import type { RoundSummary } from '../../../../src/core/round/summary.ts';
import { roundsTable } from '../../../../src/node/terminal/roundsTable.ts';
import { aManifest } from '../../../fakes/projectFolder.ts';

const outcomes = (right: number): ReadonlyMap<string, Outcome> =>
  new Map(Array.from({ length: 10 }, (_, at) => [`q${at}`, at < right ? 'right' : 'wrong']));

const TEACHER = aManifest(8).teacher.profile;
const before: RoundSummary = {
  round: 0,
  state: {
    ...openRound(0, { path: 'models/base', digest: 'x' }),
    audit: { suspects: 3, questions: 2 },
    seconds: { exam: 61, train: 5 },
  },
  results: [
    { set: 'dev', accuracy: rateOf(2, 10), noAnswer: 1, truncated: 4, outdated: 0, change: null },
  ],
  manifest: { ...aManifest(8), trainSha256: 'x', inputs: {} },
  spending: {
    requests: 20,
    promptTokens: 1000,
    completionTokens: 234,
    failed: 0,
    underWay: 0,
    possiblyBilled: 0,
    profiles: [{ profile: TEACHER, requests: 20 }],
  },
  served: null,
  late: 0,
  looks: [],
};
const after: RoundSummary = {
  ...before,
  round: 1,
  results: [
    {
      set: 'dev',
      accuracy: rateOf(8, 10),
      noAnswer: 0,
      truncated: 0,
      outdated: 0,
      change: compareExams(outcomes(2), outcomes(8)),
    },
  ],
  manifest: null,
  spending: spendingOf([], null),
};

describe('the table of rounds', () => {
  it('shows accuracy with n and interval, changes, coverage, calls and times', () => {
    const text = String(roundsTable([before, after]));
    const rows = text.split('\n').map((row) => row.trim().replace(/ {2,}/gu, ' | '));
    expect(rows).toContain('0 | 20.0 % (2/10, 95 %: 5.7–51.0 %) | – | – | – | 1 | 4');
    const second = rows.find((row) => row.startsWith('1 | 80.0 % (8/10'));
    expect(second).toMatch(/\| 6 \| 0 \| p = 0\.031 \| 0 \| 0$/u);
    expect(rows).toContain('0 | 8 | 8 | 0/8 | 8 | 0 | 20 (programmatic) | 1234 | 3');
    expect(rows).toContain('0 | 1 min 01 s | – | – | – | 5 s | 1 min 06 s');
  });

  it('says which rounds cannot be compared as they are, and how they could', () => {
    expect(String(roundsTable([before, after]))).not.toContain('tailor exam');
    const change = compareExams(outcomes(2), outcomes(8), { differs: ['exam.maxNewTokens'] });
    const results = [{ ...after.results[0]!, outdated: 3, change }];
    const rows = String(roundsTable([before, { ...after, results }]))
      .split('\n')
      .map((row) => row.trim().replace(/ {2,}/gu, ' | '));
    expect(rows.find((row) => row.startsWith('1 | 80.0 %'))).toMatch(/\| 6 \| 0 \| – \| 0 \| 0$/u);
    const notes = rows.filter((row) => row.includes('tailor exam'));
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/^Round 1: 3 questions have another text.*--round 1 --set dev$/u);
    expect(notes[1]).toMatch(/^Rounds 0 and 1 .*\(exam\.maxNewTokens\).*--round 0 --set dev$/u);
  });

  it('never shows an accuracy without its count and interval', () => {
    for (const share of String(roundsTable([before, after])).matchAll(/\d+\.\d % \(/gu)) {
      expect(share.input.slice(share.index)).toMatch(
        /^\d+\.\d % \(\d+\/\d+, 95 %: [\d.]+–[\d.]+ %\)/u,
      );
    }
  });

  it('shows extra sets apart, and only rounds that sat them', () => {
    const unseen = { ...before.results[0]!, set: 'unseen', accuracy: rateOf(1, 4) };
    const text = String(roundsTable([{ ...before, results: [...before.results, unseen] }, after]));
    const part = text.slice(text.indexOf('unseen exam'), text.indexOf('What was taught'));
    expect(part).toContain('25.0 % (1/4');
    expect(part.trim().split('\n')).toHaveLength(3);
  });

  it('shows what was asked before anything is frozen, and what was lost on its way', () => {
    const row = (more: Partial<RoundSummary['spending']>): string | undefined => {
      const spending = { ...before.spending, ...more };
      const rows = String(roundsTable([{ ...before, manifest: null, spending }])).split('\n');
      return rows.find((one) => one.includes('20 + '))?.replace(/ {2,}/gu, ' | ');
    };
    const found = (calls: string): string => `0 | – | – | – | – | – | ${calls} | 1234 | 3`;
    expect(row({ possiblyBilled: 4 })).toBe(found('20 + 4 perhaps billed'));
    expect(row({ underWay: 2 })).toBe(found('20 + 2 under way'));
    expect(row({ underWay: 2, possiblyBilled: 4 })).toBe(
      found('20 + 2 under way + 4 perhaps billed'),
    );
  });

  it('names each profile where another one than the teacher was asked too, or alone', () => {
    const calls = (profiles: RoundSummary['spending']['profiles'], more = {}): string => {
      const spending = { ...before.spending, ...more, profiles };
      return String(roundsTable([{ ...before, spending }])).replace(/ {2,}/gu, ' | ');
    };
    const teacher = { profile: TEACHER, requests: 120 };
    const judge = { profile: 'judge', requests: 60 };
    expect(calls([teacher, judge])).toContain(`| 120 ${TEACHER}, 60 judge | 1234`);
    expect(calls([teacher, judge], { underWay: 2 })).toContain('60 judge + 2 under way | 1234');
    expect(calls([judge])).toContain('| 60 judge | 1234');
    expect(calls([teacher, { profile: '', requests: 3 }])).toContain(', 3 of unknown teachers');
  });

  it('says how to begin where there is nothing, and what is not there yet', () => {
    expect(String(roundsTable([]))).toContain('tailor round');
    expect(String(roundsTable([after]))).toContain('nothing yet');
  });
});
