import { describe, expect, it } from 'vitest';
import { isLoop, StopRules } from '../../../src/engine/stopRules.ts';
import { TokenBytes } from '../../../src/engine/tokenBytes.ts';

/** One token per byte (ids 0…255 in GPT-2's spelling), then whole pieces, then two added tokens. */
function byteLevel(): TokenBytes {
  const vocab: Record<string, number> = {};
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    vocab[String.fromCodePoint(printable ? byte : next++)] = byte;
  }
  vocab['ĠAnswer'] = 256;
  vocab['.Ċ'] = 257;
  const added = [
    { id: 300, content: '<|end|>' },
    { id: 301, content: '½' },
  ];
  return new TokenBytes({ spelling: 'byte-level', vocab, added });
}

const bytes = byteLevel();
const ids = (text: string): number[] => [...Buffer.from(text)];
const rules = (change: Partial<ConstructorParameters<typeof StopRules>[0]> = {}): StopRules =>
  new StopRules(
    { eosIds: new Set([300, 302]), maxNewTokens: 200, stopAtAnswerLine: true, ...change },
    bytes,
  );

/** Where and how a run of tokens would have been stopped. */
function end(all: readonly number[], stop = rules()): [number, string] | null {
  for (let n = 1; n <= all.length; n++) {
    const finish = stop.check(all.slice(0, n));
    if (finish !== null) return [n, finish];
  }
  return null;
}

describe('TokenBytes', () => {
  it('gives back every byte: split characters, emoji, added tokens, a byte-order mark', () => {
    const text = '\uFEFFnaïve 日本 👩‍🚀\n\t½';
    expect(bytes.text(ids(text))).toBe(text);
    expect(bytes.text([256, 257, 300, 301])).toBe(' Answer.\n<|end|>½');
  });

  it('marks broken UTF-8 and ignores ids without a token', () => {
    expect(bytes.text([0xe6, 0x97])).toBe('\uFFFD');
    expect(bytes.text([104, 9999, 105])).toBe('hi');
  });

  it('reads SentencePiece spelling with single bytes', () => {
    const vocab = { '▁Answer': 0, '<0x0A>': 1, '<0xE6>': 2, '<0x97>': 3, '<0xA5>': 4, ':': 5 };
    const pieces = new TokenBytes({ spelling: 'sentencepiece', vocab, added: [] });
    expect(pieces.text([0, 5, 1, 2, 3, 4])).toBe(' Answer:\n日');
    expect([0, 1].map((id) => pieces.endsLine(id))).toEqual([false, true]);
  });
});

describe('StopRules', () => {
  it('stops at any end-of-sequence id, the first token included', () => {
    expect(end([300])).toEqual([1, 'eos']);
    expect(end([...ids('ab'), 302, 65])).toEqual([3, 'eos']);
    expect(rules().text([...ids('ab'), 302], 'eos')).toBe('ab');
    expect(rules().text([300], 'eos')).toBe('');
  });

  it.each([
    ['after the newline of an answer line', 'So 5.\nAnswer: 17\nQ', 'So 5.\nAnswer: 17\n'],
    ['on the first line', 'Answer: 3\nmore', 'Answer: 3\n'],
    ['with indentation and Unicode', 'x\n  Answer: −½ 日\n\n', 'x\n  Answer: −½ 日\n'],
  ])('stops %s', (_, text, stopped) => {
    expect(end(ids(text))).toEqual([Buffer.byteLength(stopped), 'stop']);
    expect(rules().text(ids(stopped), 'stop')).toBe(stopped);
  });

  it.each([
    ['an answer line without its newline', 'x\nAnswer: 17'],
    ['an empty answer line', 'x\nAnswer: \nand'],
    ['an answer in the middle of a line', 'The Answer: 17\nand'],
    ['another word', 'x\nAnswers: 17\n'],
  ])('goes on after %s', (_, text) => {
    expect(end(ids(text))).toBeNull();
  });

  it('sees an answer line whose newline shares a token with other text', () => {
    expect(end([...ids('x\nAnswer: 17'), 257, 65])).toEqual([13, 'stop']);
  });

  it('does not look for answer lines where not asked', () => {
    expect(end(ids('Answer: 3\n'), rules({ stopAtAnswerLine: false }))).toBeNull();
  });

  it('cuts at the cap, and says length rather than loop there', () => {
    expect(end(ids('abcdef'), rules({ maxNewTokens: 4 }))).toEqual([4, 'length']);
    expect(end(new Array<number>(11).fill(65), rules({ maxNewTokens: 11 }))).toEqual([
      11,
      'length',
    ]);
  });

  it('ends a loop when 8 tokens come the fourth time', () => {
    const eight = ids('12345678');
    expect(end([...eight, ...eight, ...eight, ...eight, ...eight])).toEqual([32, 'loop']);
    expect(end(new Array<number>(20).fill(65))).toEqual([11, 'loop']);
    expect(end([...eight, 65, ...eight, 66, ...eight, 67, 68])).toBeNull();
  });

  it('does not take similar lines for a loop', () => {
    const lines = Array.from({ length: 12 }, (_, i) => `${i} + 1 = ${i + 1}\n`).join('');
    expect(isLoop(ids(lines))).toBe(false);
  });
});
