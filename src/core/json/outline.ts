/** A value of a JSON text with its place, in UTF-16 units; `to` is the unit behind it. */
export interface JsonNode {
  readonly kind: 'object' | 'list' | 'text' | 'number' | 'word';
  readonly from: number;
  readonly to: number;
  /** Of an object, in the order of the text, those of equal names too. */
  readonly members: readonly JsonMember[];
  /** Of a list. */
  readonly items: readonly JsonNode[];
}

export interface JsonMember {
  readonly name: string;
  /** With its quotes. */
  readonly nameFrom: number;
  readonly nameTo: number;
  /** Null where somebody has not written it yet. */
  readonly value: JsonNode | null;
}

export interface JsonOutline {
  readonly root: JsonNode | null;
  /** Where the text first stops being JSON; null where it is JSON. */
  readonly fault: number | null;
}

/** Deeper values are faults: whoever goes through an outline may recurse. */
export const MOST_LEVELS = 100;

const SPACE = /[ \t\n\r]*/y;
/** Everything but quotes, backslashes and control characters. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const UNQUOTED = /[^\s,:[\]{}"]+/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Where everything of a JSON text stands, as far as it can be told: texts that are being typed have an outline too, and
 * `fault` says from where on it is a guess.
 */
export function outlineJson(text: string): JsonOutline {
  const scanner = new Scanner(text);
  const root = scanner.whole();
  return { root, fault: scanner.fault };
}

class Scanner {
  fault: number | null = null;
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonNode | null {
    this.#space();
    const root = this.#value();
    this.#space();
    if (root === null || this.#at < this.#text.length) this.#wrong();
    return root;
  }

  #wrong(at = this.#at): void {
    this.fault = Math.min(this.fault ?? Number.POSITIVE_INFINITY, at);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  #space(): void {
    this.#take(SPACE);
  }

  #next(): string {
    return this.#text.charAt(this.#at);
  }

  #value(): JsonNode | null {
    switch (this.#next()) {
      case '{':
        return this.#nested('object');
      case '[':
        return this.#nested('list');
      case '"':
        return this.#string();
      default:
        return this.#bare();
    }
  }

  #nested(kind: 'object' | 'list'): JsonNode | null {
    this.#depth += 1;
    if (this.#depth > MOST_LEVELS) {
      this.#wrong();
      this.#at = this.#text.length;
      return null;
    }
    const node = kind === 'object' ? this.#object() : this.#list();
    this.#depth -= 1;
    return node;
  }

  #string(): JsonNode {
    const from = this.#at;
    this.#at += 1;
    for (;;) {
      this.#take(PLAIN);
      const next = this.#next();
      if (next === '"') {
        this.#at += 1;
        break;
      }
      if (next === '\\') {
        if (this.#take(ESCAPE) !== '') continue;
        this.#wrong();
        this.#at += 1;
        continue;
      }
      // A raw control character; a line end is where an unfinished text most likely stops.
      this.#wrong();
      if (next === '' || next === '\n' || next === '\r') break;
      this.#at += 1;
    }
    return { kind: 'text', from, to: this.#at, members: [], items: [] };
  }

  #bare(): JsonNode | null {
    const from = this.#at;
    const word = this.#take(UNQUOTED);
    if (word === '') return null;
    const to = this.#at;
    if (/^(?:true|false|null)$/u.test(word)) {
      return { kind: 'word', from, to, members: [], items: [] };
    }
    this.#at = from;
    const number = this.#take(NUMBER);
    if (number !== word) this.#wrong(from + number.length);
    this.#at = to;
    return { kind: number === '' ? 'word' : 'number', from, to, members: [], items: [] };
  }

  #object(): JsonNode {
    const from = this.#at;
    const members: JsonMember[] = [];
    this.#at += 1;
    let state: 'first' | 'member' | 'comma' = 'first';
    for (;;) {
      this.#space();
      const next = this.#next();
      if (next === '') this.#wrong();
      if (next === '' || next === '}') {
        if (state === 'comma') this.#wrong();
        this.#at = Math.min(this.#at + 1, this.#text.length);
        break;
      }
      if (next === ',') {
        if (state !== 'member') this.#wrong();
        state = 'comma';
        this.#at += 1;
      } else if (next === '"') {
        if (state === 'member') this.#wrong();
        members.push(this.#member());
        state = 'member';
      } else {
        this.#wrong();
        // What is no name is passed over, whole words at once.
        if (this.#take(UNQUOTED) === '') this.#at += 1;
      }
    }
    return { kind: 'object', from, to: this.#at, members, items: [] };
  }

  #member(): JsonMember {
    const { from: nameFrom, to: nameTo } = this.#string();
    const name = textOfSpan(this.#text.slice(nameFrom, nameTo));
    this.#space();
    if (this.#next() === ':') {
      this.#at += 1;
      this.#space();
    } else this.#wrong();
    const value = this.#value();
    if (value === null) this.#wrong();
    return { name, nameFrom, nameTo, value };
  }

  #list(): JsonNode {
    const from = this.#at;
    const items: JsonNode[] = [];
    this.#at += 1;
    let state: 'first' | 'item' | 'comma' = 'first';
    for (;;) {
      this.#space();
      const next = this.#next();
      if (next === '') this.#wrong();
      if (next === '' || next === ']') {
        if (state === 'comma') this.#wrong();
        this.#at = Math.min(this.#at + 1, this.#text.length);
        break;
      }
      if (next === ',') {
        if (state !== 'item') this.#wrong();
        state = 'comma';
        this.#at += 1;
        continue;
      }
      if (state === 'item') this.#wrong();
      const item = this.#value();
      if (item === null) {
        this.#wrong();
        this.#at += 1;
      } else items.push(item);
      state = 'item';
    }
    return { kind: 'list', from, to: this.#at, members: [], items };
  }
}

/** The text that a JSON string stands for; its raw characters where it is not whole. */
export function textOfSpan(spelled: string): string {
  try {
    const value: unknown = JSON.parse(spelled);
    if (typeof value === 'string') return value;
  } catch {
    // Unfinished.
  }
  return spelled.replace(/^"|"$/gu, '');
}

/** The member that counts: of equal names JSON readers take the last. */
export function memberOf(node: JsonNode | null, name: string): JsonMember | null {
  return node?.members.findLast((member) => member.name === name) ?? null;
}

/** The member at a path of names. */
export function memberAt(root: JsonNode | null, path: readonly string[]): JsonMember | null {
  let node = root;
  let member: JsonMember | null = null;
  for (const name of path) {
    member = memberOf(node, name);
    node = member?.value ?? null;
  }
  return member;
}
