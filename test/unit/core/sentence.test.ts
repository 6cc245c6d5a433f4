import { describe, expect, it } from 'vitest';
import { AppError, textOf } from '../../../src/core/errors.ts';
import {
  joined,
  say,
  sentence,
  Sentence,
  withWords,
  type Translate,
} from '../../../src/core/sentence.ts';

const GERMAN: Readonly<Record<string, string>> = {
  'Round {0} is frozen.': 'Runde {0} ist eingefroren.',
  '{0} of {1}: {2}': '{2}: {0} von {1}',
  'no answer': 'keine Antwort',
};

const inGerman: Translate = (template, ...parts) =>
  (GERMAN[template] ?? template).replace(/\{(\d+)\}/gu, (_, place) => String(parts[Number(place)]));

describe('a sentence', () => {
  it('is English until it is said in another language, also in JSON', () => {
    const frozen = sentence`Round ${3} is frozen.`;
    expect(String(frozen)).toBe('Round 3 is frozen.');
    expect(frozen.template).toBe('Round {0} is frozen.');
    expect(JSON.stringify({ frozen })).toBe('{"frozen":"Round 3 is frozen."}');
    expect(say(frozen, inGerman)).toBe('Runde 3 ist eingefroren.');
  });

  it('is translated with the sentences in its places, which a language may reorder', () => {
    const whole = sentence`${1} of ${2}: ${sentence`no answer`}`;
    expect(String(whole)).toBe('1 of 2: no answer');
    expect(say(whole, inGerman)).toBe('keine Antwort: 1 von 2');
  });

  it('takes text in its places for text, whatever it looks like', () => {
    const odd = sentence`Round ${'{0}'} is frozen.`;
    expect(String(odd)).toBe('Round {0} is frozen.');
    expect(say(odd, inGerman)).toBe('Runde {0} ist eingefroren.');
  });

  it('can be changed in its places, in those of its parts, too', () => {
    const whole = sentence`${'key'} of ${7}: ${sentence`Round ${'key'} is frozen.`}`;
    const changed = withWords(whole, (text) => text.replace('key', '…'));
    expect(String(changed)).toBe('… of 7: Round … is frozen.');
    expect(changed).toMatchObject({ template: whole.template });
    expect(withWords('key', () => '…')).toBe('…');
  });

  it('may name its places in any order, as those of a table do', () => {
    const two = new Sentence('{1} before {0}', ['b', 'a']);
    expect(String(two)).toBe('a before b');
  });

  it('stands with others where there are several', () => {
    const three = joined([sentence`no answer`, 'EIO', sentence`no answer`], '; ');
    expect(String(three)).toBe('no answer; EIO; no answer');
    // No language is asked for the words of what has none.
    const asked: string[] = [];
    const said = say(three, (template, ...parts) => {
      asked.push(template);
      return inGerman(template, ...parts);
    });
    expect(said).toBe('keine Antwort; EIO; keine Antwort');
    expect(asked).toEqual(['no answer', 'no answer']);
    expect(String(joined([]))).toBe('');
  });

  it('leaves foreign words as they are', () => {
    expect(say('Round {0} is frozen.', inGerman)).toBe('Round {0} is frozen.');
  });
});

describe('a failure', () => {
  it('is English in its message and hint, and keeps what can be said in another language', () => {
    const error = new AppError('round.frozen', sentence`Round ${3} is frozen.`, {
      hint: sentence`no answer`,
    });
    expect(error.message).toBe('Round 3 is frozen.');
    expect(error.hint).toBe('no answer');
    expect(say(textOf(error), inGerman)).toBe('Runde 3 ist eingefroren.');
    expect(say(error.said.hint ?? '', inGerman)).toBe('keine Antwort');
  });

  it('may hold foreign words', () => {
    const error = new AppError('store.io', 'EIO');
    expect(textOf(error)).toBe('EIO');
    expect(error.hint).toBeUndefined();
    expect(textOf(new Error('disk'))).toBe('disk');
    expect(textOf(7)).toBe('7');
  });
});
