import { describe, expect, it } from 'vitest';
import { issueText } from '../../../../src/core/schemaProblem.ts';
import { objectiveSchema } from '../../../../src/core/training/run.ts';

function saidOf(pair: unknown): string {
  const { error } = objectiveSchema.safeParse({ pair });
  const [issue] = error?.issues ?? [];
  return issue === undefined ? '' : String(issueText(issue, '(file)'));
}

describe('a pair term with a setting that its kind has not', () => {
  it.each([
    [
      { kind: 'dpo', ratio: 0.1, margin: 1, repr: 'last' },
      'pair: margin, repr are settings of "triplet"; "dpo" has ratio, beta, lengthNormalise. Delete them',
    ],
    [
      { kind: 'triplet', beta: 0.1 },
      'pair: beta is a setting of "dpo", "tpo"; "triplet" has ratio, margin, repr. Delete it',
    ],
    [
      { beta: 0.1 },
      'pair: beta is a setting of "dpo", "tpo"; "triplet" has ratio, margin, repr. Delete it',
    ],
    [
      { kind: 'orpo', beta: 0.1 },
      'pair: beta is a setting of "dpo", "tpo"; "orpo" has ratio. Delete it',
    ],
    [
      { kind: 'orpo', beta: 0.1, margin: 1 },
      'pair: beta, margin are no settings of "orpo", which has ratio',
    ],
    [
      { kind: 'dpo', betta: 0.1 },
      'pair: betta is no setting of "dpo", which has ratio, beta, lengthNormalise',
    ],
    [
      { kind: 'ppo' },
      'pair.kind: "ppo" is no kind: there are "none", "triplet", "dpo", "tpo", "orpo"',
    ],
    [{ kind: 'dpo', beta: 0 }, 'pair.beta: must be a number above 0 and at most 100'],
    [{ kind: 'tpo', beta: 101 }, 'pair.beta: must be a number above 0 and at most 100'],
    [{ kind: 'orpo', ratio: 11 }, 'pair.ratio: must be a number from 0 to 10'],
    [{ margin: -1 }, 'pair.margin: must be a number from 0 to 2'],
  ])('is told whose it is: %j', (pair, english) => {
    expect(saidOf(pair)).toBe(english);
  });

  it('is said in places, so that other languages can say it, too', () => {
    const { error } = objectiveSchema.safeParse({ pair: { kind: 'dpo', margin: 1 } });
    const [issue] = error?.issues ?? [];
    const told = issueText(issue ?? { path: [], message: '' }, '').parts[1];
    expect(told).toHaveProperty('template', '{0} is a setting of {1}; {2} has {3}. Delete it');
  });
});
