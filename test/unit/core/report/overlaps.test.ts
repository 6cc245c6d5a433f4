import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runWhole } from '../../../../src/core/runWhole.ts';
import { normaliseQuestion, type Question } from '../../../../src/core/dataset/question.ts';
import { findOverlapsSteps, type SetOverlap } from '../../../../src/core/report/overlaps.ts';
import { PHRASE_WORDS, PhraseIndex, Words } from '../../../../src/core/report/phrases.ts';

const question = (id: string, text: string, rationale?: string): Question => ({
  id,
  question: text,
  answer: '1',
  ...(rationale === undefined ? {} : { rationale }),
});

const LONG =
  'a farmer takes forty red apples from the old cellar and carries them in seven baskets to town';

function overlaps(
  train: readonly Question[],
  dev: readonly Question[],
  rationales: readonly { id: string; text: string }[] = [],
): SetOverlap[] {
  const heldOut = [{ name: 'dev', questions: dev }];
  return runWhole(findOverlapsSteps({ questions: train, rationales, heldOut }));
}

describe('what is trained on beside what is examined', () => {
  it('is the same text, the same but for numbers, or a long phrase: each held-out question once', () => {
    const train = [
      question('t1', 'Ana has 3 pens.'),
      question('t2', 'Bo has 4 pens.'),
      question('t3', `Once ${LONG}.`),
    ];
    const dev = [
      question('same', '  ana HAS 3   pens. '),
      question('numbers', 'Bo has 11 pens.'),
      question('numbers-too', 'Bo has 12.5 pens.'),
      question('phrase', `Today, ${LONG.toUpperCase()}! How many?`),
      question('other', 'Something else.'),
    ];
    expect(overlaps(train, dev)).toEqual([
      {
        of: 'train',
        with: 'dev',
        same: 'text',
        groups: [{ first: ['t1'], second: ['same'] }],
        ids: ['same'],
      },
      {
        of: 'train',
        with: 'dev',
        same: 'numbers',
        groups: [{ first: ['t2'], second: ['numbers', 'numbers-too'] }],
        ids: ['numbers', 'numbers-too'],
      },
      {
        of: 'train',
        with: 'dev',
        same: 'phrase',
        groups: [{ first: ['t3'], second: ['phrase'] }],
        ids: ['phrase'],
      },
    ]);
  });

  it('a phrase is thirteen words, punctuation aside, and twelve are none', () => {
    const twelve = 'one two three four five six seven eight nine ten eleven twelve';
    const found = (shared: string): readonly string[] =>
      overlaps(
        [question('t', `Here ${shared} ends`)],
        [question('d', `There, ${shared}! Stops`)],
      ).flatMap(({ same }) => same);
    expect(found(twelve)).toEqual([]);
    expect(found(`${twelve} thirteen`)).toEqual(['phrase']);
  });

  it('rationales are held against questions and reference solutions, where they are long enough', () => {
    const dev = [
      question('d1', LONG, 'so it is 4.\nAnswer: 4'),
      question('d2', 'short?', `well, ${LONG}`),
    ];
    const found = overlaps([], dev, [
      { id: 't1', text: 'so it is 4.\nAnswer: 4' },
      { id: 't2', text: `${LONG} therefore 7` },
      { id: 't3', text: `Well, ${LONG}` },
    ]);
    expect(
      found.map(({ of, same, groups }) => [
        of,
        same,
        groups.map(({ first, second }) => [first, second]),
      ]),
    ).toEqual([
      ['rationales', 'text', [[['t3'], ['d2']]]],
      ['rationales', 'phrase', [[['t2', 't3'], ['d1']]]],
    ]);
  });

  it('a phrase that more than ten held-out questions have in common says nothing', () => {
    const dev = (count: number): Question[] =>
      Array.from({ length: count }, (_, at) => question(`d${at}`, `number ${at}: ${LONG}`));
    const train = [question('t', `First ${LONG}`)];
    expect(overlaps(train, dev(10))[0]).toMatchObject({ same: 'phrase', ids: { length: 10 } });
    expect(overlaps(train, dev(11))).toEqual([]);
  });

  it('gives way between its pieces and never looks at all pairs: many alike cost what many cost', () => {
    const many = (prefix: string): Question[] =>
      Array.from({ length: 2000 }, (_, at) => question(`${prefix}${at}`, `Bo has ${at + 2} pens.`));
    const work = findOverlapsSteps({
      questions: many('t'),
      rationales: [],
      heldOut: [{ name: 'dev', questions: many('d') }],
    });
    let pieces = 0;
    let step = work.next();
    for (; step.done !== true; step = work.next()) pieces += 1;
    expect(pieces).toBeGreaterThan(20);
    expect(step.value.map(({ same, ids }) => [same, ids.length])).toEqual([['text', 2000]]);
    // Of a group some examples are kept, not all.
    expect(step.value[0]?.groups[0]?.first.length).toBeLessThanOrEqual(20);
  });

  it('finds exactly the shared runs of words that looking everywhere finds', () => {
    const word = fc.constantFrom('a', 'b', 'ä', '3', 'ok');
    const text = fc.array(word, { maxLength: 40 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), text, (owners, sought) => {
        const words = new Words();
        const index = new PhraseIndex();
        owners.forEach((one, at) => index.add(String(at), words.of(one)));
        const found = new Set<string>();
        index.find(words.of(sought), (hit) => hit.forEach((owner) => found.add(owner)));
        const runs = (of: string): string[] => {
          const all = of.split(' ').filter((one) => one !== '');
          return all
            .slice(0, Math.max(0, all.length - PHRASE_WORDS + 1))
            .map((_, at) => all.slice(at, at + PHRASE_WORDS).join(' '));
        };
        const own = new Set(runs(sought));
        const expected = owners.flatMap((one, at) =>
          runs(one).some((run) => own.has(run)) ? [String(at)] : [],
        );
        expect([...found].sort()).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('texts are equal as questions are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const found = overlaps([question('t', text)], [question('d', `${text} `)]);
        expect(found[0]?.same).toBe('text');
        expect(normaliseQuestion(text)).toBe(normaliseQuestion(`${text} `));
      }),
    );
  });
});
