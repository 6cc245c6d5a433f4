import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../../src/node/commands/dataFormat.ts';

const refusal = (map: string): unknown => {
  try {
    return parseFormat('csv', map);
  } catch (error) {
    return error;
  }
};

describe('a field mapping with a mistake', () => {
  it.each(['question=q,answer=a,kind=yesno', 'kind=yesno, question=q,answer=a'])(
    '%s: the kind alone is what is wrong',
    (map) => {
      expect(refusal(map)).toMatchObject({
        message: '"yesno" is no kind of answers.',
        hint: 'Kinds: number, choice, yes-no, exact, regex.',
      });
    },
  );

  it('says how a mapping is written where it is none', () => {
    expect(refusal('question')).toMatchObject({ message: '"question" is no field mapping.' });
    expect(refusal('question=q,kind=yes-no')).toMatchObject({
      message: '"question=q,kind=yes-no" is no field mapping.',
    });
  });
});
