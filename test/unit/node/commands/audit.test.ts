import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { doubtsOf } from '../../../../src/core/round/doubts.ts';
import {
  audit,
  auditText,
  doubtLine,
  type DoubtfulAttempt,
} from '../../../../src/node/commands/audit.ts';
import { decide } from '../../../../src/node/commands/review.ts';
import { Session } from '../../../../src/node/session/session.ts';
import { examinedProject } from '../../../fakes/examinedProject.ts';
import { lines } from '../../../fakes/projectFolder.ts';

const open: DoubtfulAttempt = {
  questionId: 'q-1',
  sample: 2,
  reasons: ['gold-elsewhere'],
  read: '8',
  gold: '7',
  confirmed: false,
  settled: 'open',
  byRule: false,
  text: '',
};

describe('the text of the audit', () => {
  it('lists what is open, says what the reasons mean and how to decide, and counts the settled', () => {
    const settled = { ...open, questionId: 'q-2', confirmed: true, settled: 'negative' } as const;
    const text = String(auditText(0, [open, settled, settled]));
    expect(text).toContain('Round 0: 3 attempts');
    expect(text).toContain('1 are open, 2 may stand in pairs after all');
    expect(text).toContain('{"questionId":"q-1","sample":2,"verdict":"wrong"}');
    expect(text).toContain('gold-elsewhere: The gold answer stands elsewhere');
    expect(text).toContain('q-1 sample 2: read 8, gold 7; gold-elsewhere');
    expect(text).not.toContain('q-2');
    expect(text).not.toContain('gate-accept');
  });

  it('says how a gold in doubt is fixed, and only where one is', () => {
    const text = String(auditText(1, [{ ...open, reasons: ['suspect-gold'] }]));
    expect(text).toContain('{"questionId":"q-1","gold":"…","reason":"…"}');
    const confirmed = { ...open, confirmed: true, reasons: ['suspect-gold', 'truncated'] } as const;
    expect(String(auditText(1, [confirmed]))).not.toContain('"gold":');
  });

  it('is one line where there is nothing to decide', () => {
    expect(String(auditText(0, []))).not.toContain('\n');
    expect(String(auditText(0, [{ ...open, settled: 'right' }]))).not.toContain('\n');
  });
});

describe('what the exam and the audit say of the same doubts', () => {
  it('is the same: what is open, and what the rule has settled', async () => {
    const { context } = await examinedProject();
    const session = await Session.open(context, { folder: context.options.folder });
    const doubts = await doubtsOf(session.store, 0);
    await session.close();
    const byRule = '8 were settled by the rule equation-gives-gold: ';
    expect(String(doubtLine(doubts))).toContain('4 wrong attempts are in doubt: tailor audit. ');
    expect(String(doubtLine(doubts))).toContain(byRule);
    const text = String((await audit(context, { round: 0 })).text);
    expect(text).toContain('12 attempts that were graded wrong are or were in doubt: 4 are open, ');
    expect(text).toContain(byRule);
    expect(text).not.toContain('gate-accept');
  });

  it('counts nothing as settled by the rule that a person has settled', async () => {
    const { context } = await examinedProject();
    const rows = ['q-0', 'q-2'].map((questionId) => ({
      questionId,
      sample: 0,
      verdict: 'wrong',
    }));
    const file = join(context.options.folder, 'decisions.jsonl');
    await writeFile(file, lines(rows));
    await decide(context, 'edit', { names: [file], round: 0 });
    const text = String((await audit(context, { round: 0 })).text);
    expect(text).toContain('3 are open, 9 may stand in pairs after all');
    expect(text).toContain('7 were settled by the rule');
  });

  it('is one sentence where nothing is in doubt any more, and none where nothing was', () => {
    expect(doubtLine([])).toBeNull();
    expect(String(doubtLine([{ settled: 'negative', byRule: true }]))).toMatch(
      /^No wrong attempt is in doubt now\. 1 was settled by the rule/u,
    );
    expect(String(doubtLine([{ settled: 'right', byRule: false }]))).toBe(
      'No wrong attempt is in doubt now.',
    );
  });
});
