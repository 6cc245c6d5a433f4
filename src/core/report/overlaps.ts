import { maskedQuestion } from '../dataset/contamination.ts';
import { normaliseQuestion, type Question } from '../dataset/question.ts';
import { PHRASE_WORDS, PhraseIndex, Words } from './phrases.ts';

/** The same text, the same but for its numbers, or many words in a row in common. */
export type Sameness = 'text' | 'numbers' | 'phrase';

/** Something that is trained on: a question, or a rationale of one. */
export interface TrainedText {
  /** Of the question. */
  readonly id: string;
  readonly text: string;
}

/** Texts that are alike. Shown, never dropped: templated sets are alike by design. */
export interface OverlapGroup {
  /** Ids of the training questions, at most 20. */
  readonly first: readonly string[];
  /** Ids of the held-out questions. */
  readonly second: readonly string[];
}

export interface SetOverlap {
  readonly of: 'train' | 'rationales';
  readonly with: string;
  readonly same: Sameness;
  readonly groups: readonly OverlapGroup[];
  /** Every held-out question of the groups, once. */
  readonly ids: readonly string[];
}

interface Sought {
  readonly questions: readonly Question[];
  readonly rationales: Iterable<TrainedText>;
  readonly heldOut: readonly { readonly name: string; readonly questions: readonly Question[] }[];
}

const PIECE = 200;
const SHOWN = 20;
const ORDER: readonly Sameness[] = ['text', 'numbers', 'phrase'];

/**
 * What is trained on beside what is examined. Each held-out question is counted once for questions and once for
 * rationales, by the strongest likeness. Time and memory are linear in the words of all texts. A generator, so that a
 * caller can let others go first.
 */
export function* findOverlapsSteps(sought: Sought): Generator<void, SetOverlap[], void> {
  const { heldOut } = sought;
  const words = new Words();
  const found: SetOverlap[] = [];
  const questions = yield* readWords(
    sought.questions.map(({ id, question }) => ({ id, text: question })),
    words,
  );
  const rationales = (yield* readWords(sought.rationales, words)).filter(
    // A short text is equal to another by chance.
    (one) => one.words.length >= PHRASE_WORDS,
  );
  for (const { name, questions: examined } of heldOut) {
    const index = new PhraseIndex();
    for (let at = 0; at < examined.length; at += 1) {
      const one = examined[at];
      if (one) {
        for (const text of textsOf(one)) index.add(one.id, words.of(text));
      }
      if (at % PIECE === PIECE - 1) yield;
    }
    for (const [of, texts] of [
      ['train', questions],
      ['rationales', rationales],
    ] as const) {
      const wholes = (one: Question): readonly string[] =>
        of === 'train' ? [one.question] : textsOf(one);
      const matches = yield* match(texts, examined, { wholes, index });
      for (const same of ORDER) {
        const groups = [...matches[same].values()];
        if (groups.length === 0) continue;
        const ids = groups.flatMap(({ second }) => second);
        found.push({ of, with: name, same, groups, ids });
      }
    }
  }
  return found;
}

interface ReadText extends TrainedText {
  readonly words: Uint32Array;
}

function* readWords(texts: Iterable<TrainedText>, words: Words): Generator<void, ReadText[], void> {
  const read: ReadText[] = [];
  for (const one of texts) {
    read.push({ ...one, words: words.of(one.text) });
    if (read.length % PIECE === 0) yield;
  }
  return read;
}

function textsOf({ question, rationale }: Question): readonly string[] {
  return rationale === undefined ? [question] : [question, rationale];
}

type Groups = Record<Sameness, Map<string | number, { first: string[]; second: string[] }>>;

interface MatchParts {
  /** The texts of a held-out question that are compared as wholes. */
  readonly wholes: (question: Question) => readonly string[];
  readonly index: PhraseIndex;
}

function* match(
  texts: readonly ReadText[],
  examined: readonly Question[],
  { wholes, index }: MatchParts,
): Generator<void, Groups, void> {
  const groups: Groups = { text: new Map(), numbers: new Map(), phrase: new Map() };
  const byKey = { text: new Map<string, string[]>(), numbers: new Map<string, string[]>() };
  const keys = { text: normaliseQuestion, numbers: maskedQuestion };
  for (let at = 0; at < texts.length; at += 1) {
    const one = texts[at];
    for (const same of ['text', 'numbers'] as const) {
      if (one) put(byKey[same], keys[same](one.text), one.id);
    }
    if (at % PIECE === PIECE - 1) yield;
  }
  const taken = new Set<string>();
  for (let at = 0; at < examined.length; at += 1) {
    const one = examined[at];
    if (one) {
      const hit = (['text', 'numbers'] as const)
        .flatMap((same) => wholes(one).map((whole) => ({ same, key: keys[same](whole) })))
        .find(({ same, key }) => byKey[same].has(key));
      if (hit) {
        const { same, key } = hit;
        taken.add(one.id);
        const first = byKey[same].get(key) ?? [];
        const group = groups[same].get(key) ?? { first: first.slice(0, SHOWN), second: [] };
        groups[same].set(key, group);
        group.second.push(one.id);
      }
    }
    if (at % PIECE === PIECE - 1) yield;
  }
  const groupOf = new Map<string, number>();
  for (let at = 0; at < texts.length; at += 1) {
    const one = texts[at];
    if (one) {
      index.find(one.words, (owners, phrase) => {
        for (const owner of owners) {
          if (taken.has(owner)) continue;
          const name = groupOf.get(owner) ?? phrase;
          const group = groups.phrase.get(name) ?? { first: [], second: [] };
          groups.phrase.set(name, group);
          if (!groupOf.has(owner)) group.second.push(owner);
          groupOf.set(owner, name);
          if (group.first.length < SHOWN && !group.first.includes(one.id)) group.first.push(one.id);
        }
      });
    }
    if (at % PIECE === PIECE - 1) yield;
  }
  return groups;
}

function put(groups: Map<string, string[]>, key: string, id: string): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [id]);
  else if (group.length < SHOWN && group.at(-1) !== id) group.push(id);
}
