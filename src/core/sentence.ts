/** What a place of a sentence holds: data as it is, or a sentence of its own, which is translated with it. */
export type Part = string | number | Sentence;

/** A text for people: a sentence that can be said in their language, or foreign words that cannot. */
export type Text = string | Sentence;

/** Finds the words of a template in a language and fills its places `{0}`, `{1}` … */
export type Translate = (template: string, ...parts: (string | number)[]) => string;

/** A sentence with places, in English until somebody says it in another language. Written as JSON it is English, too. */
export class Sentence {
  /** The English words with `{0}`, `{1}` … for the places: the key of the translations. */
  readonly template: string;
  readonly parts: readonly Part[];

  constructor(template: string, parts: readonly Part[]) {
    this.template = template;
    this.parts = parts;
  }

  /** The sentence with its parts as they are said. */
  around(parts: readonly (string | number)[], translate: Translate): string {
    // Where there are places and marks alone, no language has other words.
    const hasWords = /\p{L}/u.test(this.template);
    return hasWords ? translate(this.template, ...parts) : filled(this.template, ...parts);
  }

  toString(): string {
    return this.around(this.parts.map(String), filled);
  }

  toJSON(): string {
    return this.toString();
  }
}

const filled: Translate = (template, ...parts) =>
  template.replace(/\{(\d+)\}/gu, (place, index: string) => String(parts[Number(index)] ?? place));

/** Tags a template as a sentence for people: sentence`Round ${round} is frozen.` Plurals are sentences of their own. */
export function sentence(pieces: TemplateStringsArray, ...parts: readonly Part[]): Sentence {
  const template = pieces.reduce((all, piece, index) => `${all}{${index - 1}}${piece}`);
  return new Sentence(template, parts);
}

/** Texts one after the other. */
export function joined(texts: readonly Text[], between = ' '): Sentence {
  return new Sentence(texts.map((_, index) => `{${index}}`).join(between), texts);
}

/** The same text with the foreign words in it changed, e.g. without secrets. */
export function withWords(text: Text, change: (words: string) => string): Text {
  if (typeof text === 'string') return change(text);
  const parts = text.parts.map((part) =>
    typeof part === 'number' ? part : withWords(part, change),
  );
  return new Sentence(text.template, parts);
}

/** Says a text in the language of `translate`; foreign words stay as they are. */
export function say(text: Text, translate: Translate): string {
  if (typeof text === 'string') return text;
  const parts = text.parts.map((part) => (typeof part === 'number' ? part : say(part, translate)));
  return text.around(parts, translate);
}
