import { describe, expect, it } from 'vitest';
import { auditText, type DoubtfulAttempt } from '../../../../src/node/commands/audit.ts';

const open: DoubtfulAttempt = {
  questionId: 'q-1',
  sample: 2,
  reasons: ['gold-elsewhere'],
  read: '8',
  gold: '7',
  confirmed: false,
  settled: 'open',
  text: '',
};

describe('the text of the audit', () => {
  it('lists what is open, says what the reasons mean and how to decide, and counts the settled', () => {
    const settled = { ...open, questionId: 'q-2', confirmed: true, settled: 'negative' } as const;
    const text = auditText(0, [open, settled, settled]);
    expect(text).toContain('Round 0: 3 attempts');
    expect(text).toContain('1 are open, 2 may stand in pairs after all');
    expect(text).toContain('{"questionId":"q-1","sample":2,"verdict":"wrong"}');
    expect(text).toContain('gold-elsewhere: The gold answer stands elsewhere');
    expect(text).toContain('q-1 sample 2: read 8, gold 7; gold-elsewhere');
    expect(text).not.toContain('q-2');
    expect(text).not.toContain('gate-accept');
  });

  it('names the rule that confirms golds where a gold is in doubt', () => {
    expect(auditText(1, [{ ...open, reasons: ['suspect-gold'] }])).toContain('--rule gate-accept');
  });

  it('is one line where there is nothing to decide', () => {
    expect(auditText(0, [])).not.toContain('\n');
    expect(auditText(0, [{ ...open, settled: 'right' }])).not.toContain('\n');
  });
});
