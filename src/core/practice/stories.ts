import { questionId, type Question } from '../dataset/question.ts';
import { AppError } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { sha256Text } from '../hash.ts';
import { parseExpression, solve, type Step } from './expression.ts';
import { askStory, type Asked, type PracticeKind } from './questionKinds.ts';
import { seededRandom, type SeededRandom } from './seededRandom.ts';
import type { PracticeTemplates, StoryFamily } from './templates.ts';

/** What a phrasing's braces are filled with: names n and m, things t and u. */
export interface StoryWords {
  readonly n: string;
  readonly m: string;
  readonly t: string;
  readonly u: string;
}

export interface Story {
  readonly question: string;
  /** Infix with numbers, such as "( 3 * 4 ) + 5". */
  readonly equation: string;
  readonly answer: number;
  readonly steps: readonly Step[];
}

export interface PracticeSizes {
  readonly train: number;
  readonly dev: number;
  readonly unseen: number;
}

export interface PracticeData {
  readonly train: readonly Question[];
  /** Names, things and numbers that the train set does not have, in its phrasings. */
  readonly dev: readonly Question[];
  /** As dev, in phrasings that neither the base nor the train set has seen. */
  readonly unseen: readonly Question[];
}

export const PRACTICE_SIZES: PracticeSizes = { train: 400, dev: 300, unseen: 150 };

/** Fills one phrasing of a family with words and drawn numbers. */
export function renderStory(
  family: StoryFamily,
  phrasing: string,
  words: StoryWords,
  drawn: ReadonlyMap<string, number>,
): Story {
  const slots = new Map(drawn);
  for (const [slot, rule] of Object.entries(family.derived)) {
    slots.set(slot, solve(parseExpression(rule), slots).value);
  }
  const fill = new Map<string, string>(Object.entries(words));
  for (const [slot, value] of slots) fill.set(slot, String(value));
  const { value, steps } = solve(parseExpression(family.equation), slots);
  return {
    question: phrasing.replace(/\{(\w+)\}/gu, (_, slot: string) => fill.get(slot) ?? `{${slot}}`),
    equation: family.equation.replace(/[a-z]+/gu, (slot) => String(slots.get(slot))),
    answer: value,
    steps,
  };
}

/** Each equation of a family belongs to one side, a quarter of them to dev: so that dev's numbers are fresh. */
function sideOf(family: StoryFamily, equation: string): 'train' | 'dev' {
  const byte = Number.parseInt(sha256Text(`${family.id} ${equation}`).slice(0, 2), 16);
  return byte < 64 ? 'dev' : 'train';
}

function pick<T>(random: SeededRandom, items: readonly T[]): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

function pickTwo(random: SeededRandom, items: readonly string[]): [string, string] {
  const first = pick(random, items);
  return [
    first,
    pick(
      random,
      items.filter((item) => item !== first),
    ),
  ];
}

function drawStory(
  random: SeededRandom,
  templates: PracticeTemplates,
  family: StoryFamily,
  from: { readonly side: 'train' | 'dev'; readonly heldOut: boolean },
): Story {
  const phrasings = family.phrasings.filter((p) => (p.heldOut === true) === from.heldOut);
  const { text } = pick(random, phrasings);
  const [n, m] = pickTwo(random, templates.names[from.side]);
  const [t, u] = pickTwo(random, templates.things[from.side]);
  const drawn = new Map(
    Object.entries(family.numbers).map(([slot, [low, high]]) => [slot, random.between(low, high)]),
  );
  return renderStory(family, text, { n, m, t, u }, drawn);
}

function rowOf(family: StoryFamily, story: Story, asked: Asked): Question {
  return {
    id: questionId(asked.question),
    ...asked,
    tags: [family.id, `steps:${String(story.steps.length)}`, family.known ? 'known' : 'new'],
  };
}

/**
 * The practice questions of a seed: families in turn, of each the kinds in turn, no text twice. Pure and the same on
 * every machine.
 */
export function makePracticeData(
  templates: PracticeTemplates,
  seed: number,
  sizes: PracticeSizes = PRACTICE_SIZES,
  kinds: readonly PracticeKind[] = ['number'],
): PracticeData {
  const random = seededRandom(seed);
  const taken = new Set<string>();
  const draw = (count: number, side: 'train' | 'dev', heldOut: boolean): Question[] => {
    const rows: Question[] = [];
    for (let misses = 0; rows.length < count;) {
      const family = templates.families[rows.length % templates.families.length];
      if (family === undefined) throw new RangeError('templates without families');
      const story = drawStory(random, templates, family, { side, heldOut });
      const turn = rows.length + Math.floor(rows.length / templates.families.length);
      const kind = kinds[turn % kinds.length] ?? 'number';
      const row = rowOf(family, story, askStory(story, kind, random));
      if (sideOf(family, story.equation) === side && !taken.has(row.id)) {
        taken.add(row.id);
        rows.push(row);
        misses = 0;
      } else if ((misses += 1) > 1000) {
        throw new AppError(
          'data.invalid',
          sentence`The family “${family.id}” has too few ${side} stories.`,
          {
            hint: sentence`Ask for fewer questions, or widen the family’s numbers.`,
            detail: { family: family.id, side, wanted: count, found: rows.length },
          },
        );
      }
    }
    return rows;
  };
  return {
    train: draw(sizes.train, 'train', false),
    dev: draw(sizes.dev, 'dev', false),
    unseen: draw(sizes.unseen, 'dev', true),
  };
}
