/** What a place of a sentence holds: data as it is, or a sentence of its own, which is translated with it. */
export type Part = string | number | Sentence;

/** A text for people: a sentence that can be said in their language, or foreign words that cannot. */
export type Text = string | Sentence;

/** Finds the words of a template in a language and fills its places `{0}`, `{1}` … */
export type Translate = (template: string, ...parts: (string | number)[]) => string;

/** A sentence with places, in English until somebody says it in another language. Written as JSON it is English, too. */
export class Sentence {
  readonly #pieces: readonly string[];
  readonly parts: readonly Part[];

  constructor(pieces: readonly string[], parts: readonly Part[]) {
    this.#pieces = pieces;
    this.parts = parts;
  }

  /** The English words with `{0}`, `{1}` … for the places: the key of the translations. */
  get template(): string {
    return this.#pieces.reduce((all, piece, index) => `${all}{${index - 1}}${piece}`);
  }

  /** The same sentence with the text in its places changed, e.g. without secrets. */
  withParts(change: (text: string) => string): Sentence {
    const parts = this.parts.map((part) => {
      if (typeof part === 'number') return part;
      return typeof part === 'string' ? change(part) : part.withParts(change);
    });
    return new Sentence(this.#pieces, parts);
  }

  toString(): string {
    return this.#pieces.reduce((all, piece, index) => all + String(this.parts[index - 1]) + piece);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Tags a template as a sentence for people: sentence`Round ${round} is frozen.` Plurals are sentences of their own. */
export function sentence(pieces: TemplateStringsArray, ...parts: readonly Part[]): Sentence {
  return new Sentence(pieces, parts);
}

/** The sentence of a template and its parts as another process sent them. */
export function sentenceOf(template: string, parts: readonly Part[]): Sentence {
  return new Sentence(template.split(/\{\d+\}/u), parts);
}

/** Says a text in the language of `translate`; foreign words stay as they are. */
export function say(text: Text, translate: Translate): string {
  if (typeof text === 'string') return text;
  const parts = text.parts.map((part) => (typeof part === 'number' ? part : say(part, translate)));
  return translate(text.template, ...parts);
}
