import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberAt, outlineJson, type JsonNode } from '../../../../src/core/json/outline.ts';

/** The value again, from the places alone. */
function rebuilt(text: string, node: JsonNode): unknown {
  if (node.kind === 'object') {
    // Equal names: the last one counts, as for JSON.parse.
    return Object.fromEntries(
      node.members.map(({ name, value }) => [name, value && rebuilt(text, value)]),
    );
  }
  if (node.kind === 'list') return node.items.map((item) => rebuilt(text, item));
  return JSON.parse(text.slice(node.from, node.to)) as unknown;
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('the outline of a JSON text', () => {
  it('has every value where it stands', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(0, 1, 2), (written, indent) => {
        const text = JSON.stringify(JSON.parse(written), null, indent);
        const { root, fault } = outlineJson(text);
        expect(fault).toBe(null);
        expect(JSON.stringify(root && rebuilt(text, root))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('finds a fault exactly where there is no JSON', () => {
    const pieces = ['{', '}', '[', ']', ',', ':', '"a"', '"b', '1', '-', '01', '1e', ' ', '\n'];
    const more = ['true', 'nul', '\\', '"\\u00e9"', '"\\x"', '\u0007', '3.5e+2', '.5', 'x'];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 12 }),
        fc.json({ maxDepth: 2 }),
        fc.nat(),
        (parts, json, cut) => {
          for (const text of [parts.join(''), json.slice(0, cut % (json.length + 1))]) {
            expect([text, outlineJson(text).fault === null]).toEqual([text, isJson(text)]);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"a": 1, "b": }', 14],
    ['{"a": 1 "b": 2}', 8],
    ['{"a": 1,}', 8],
    ['{"a": tru}', 6],
    ['{"a": 012}', 7],
    ['{"a": "x', 8],
    ['{"a": "\\q"}', 7],
    ['{"a": 1} {', 9],
    ['', 0],
    ['{a: 1}', 1],
  ])('says where %j goes wrong', (text, at) => {
    expect(outlineJson(text).fault).toBe(at);
  });

  it('knows the members of a text that is being typed', () => {
    const text = '{\n  "data": { "train": "da\n  },\n  "teacher": ,\n  "student": "models/x"\n';
    const { root, fault } = outlineJson(text);
    expect(fault).toBe(text.indexOf('"da\n') + 3);
    const train = memberAt(root, ['data', 'train'])?.value;
    expect(text.slice(train?.from, train?.to)).toBe('"da');
    expect(memberAt(root, ['teacher'])).toMatchObject({ name: 'teacher', value: null });
    expect(memberAt(root, ['student'])?.value).toMatchObject({ kind: 'text' });
    expect(memberAt(root, ['nobody', 'here'])).toBe(null);
  });

  it('does not go deeper than it may', () => {
    const deep = '['.repeat(100_000);
    expect(outlineJson(deep).fault).not.toBe(null);
    expect(outlineJson('['.repeat(100) + ']'.repeat(100)).fault).toBe(null);
    expect(outlineJson('['.repeat(101) + ']'.repeat(101)).fault).toBe(100);
  });
});
