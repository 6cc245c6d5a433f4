import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REDACTED, createRedactor } from '../../../../src/node/teacher/redact.ts';

const secret = fc.string({
  unit: fc.constantFrom(...Array.from('abcXYZ0189-_+/=$ "\\\u00E9')),
  minLength: 12,
  maxLength: 60,
});
const noise = fc.string({ maxLength: 20 });

describe('threat 4: key in logs, journals, errors, crash text', () => {
  const forms: Record<string, (key: string, before: string, after: string) => [string, string]> = {
    exact: (key, a, b) => [`${a}${key}${b}`, key],
    url: (key, a, b) => [`${a}${encodeURIComponent(key)}${b}`, encodeURIComponent(key)],
    json: (key, a, b) => [JSON.stringify([a, { key }, b]), JSON.stringify(key).slice(1, -1)],
  };
  for (const [name, form] of Object.entries(forms)) {
    it(`threat 4: removes a key in its ${name} form, wherever it stands`, () => {
      fc.assert(
        fc.property(secret, noise, noise, (key, before, after) => {
          const [text, needle] = form(key, before, after);
          const clean = createRedactor([key])(text);
          expect(clean).toContain(REDACTED);
          expect(clean).not.toContain(needle);
        }),
      );
    });
  }

  it.each(['base64', 'base64url'] as const)(
    'threat 4: removes a key inside %s, at any offset',
    (form) => {
      fc.assert(
        fc.property(secret, noise, noise, (key, before, after) => {
          const text = Buffer.from(`${before}${key}${after}`).toString(form);
          const clean = createRedactor([key])(text);
          expect(clean).toContain(REDACTED);
          const left = Buffer.from(clean.replaceAll(REDACTED, ''), 'base64').toString();
          expect(left).not.toContain(key);
        }),
      );
    },
  );

  it('leaves other text alone and does not search for short or empty secrets', () => {
    expect(createRedactor([])('abc')).toBe('abc');
    expect(createRedactor(['', 'abc'])('abc abc')).toBe('abc abc');
    expect(createRedactor(['sk-0123456789'])('nothing here')).toBe('nothing here');
  });
});
