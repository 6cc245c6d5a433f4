import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gather, isJson, spread } from '../../../../webview/dataset/jsonSpacing.ts';

describe('spread', () => {
  it('puts a long value over several lines and a short one on one', () => {
    expect(spread('[1,2.50, 1e400]')).toBe('[1, 2.50, 1e400]');
    expect(spread('{"a":[],"b":{}}')).toBe('{"a": [], "b": {}}');
    const long = 'x'.repeat(40);
    expect(spread(`[{"role":"user","content":"${long}"},{"role":"a","content":"b"}]`)).toBe(
      `[\n  {"role": "user", "content": "${long}"},\n  {"role": "a", "content": "b"}\n]`,
    );
  });

  it('leaves what is no JSON alone', () => {
    expect(spread('{"a":')).toBe('{"a":');
    expect(isJson('{"a":')).toBe(false);
  });
});

describe('gather', () => {
  it('spaces it as the file does, whatever stands in strings', () => {
    const value = '{"a: b, c":[1,{"d":"e, f: g"}]}';
    const spaced = '{"a: b, c": [1, {"d": "e, f: g"}]}';
    expect(gather(spread(spaced), value)).toBe(value);
    expect(gather(spread(value), spaced)).toBe(spaced);
    expect(gather('[\n 1,\n 2\n]', '7')).toBe('[1, 2]');
  });

  it('never changes a number, a name, a string or their order, nor writes a line break', () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 0, max: 3 }), (json, indent) => {
        const spaced = JSON.stringify(JSON.parse(json), null, indent);
        const back = gather(spread(spaced), json);
        expect(back).not.toMatch(/[\r\n]/u);
        expect(back.replaceAll(' ', '')).toBe(json.replaceAll(' ', ''));
        expect(JSON.stringify(JSON.parse(back))).toBe(JSON.stringify(JSON.parse(json)));
      }),
    );
    const odd = '{"a": 1.50, "a": 12345678901234567890, "\\u0041": "\\ud800 \\/"}';
    expect(gather(spread(odd), odd)).toBe(odd);
  });
});
