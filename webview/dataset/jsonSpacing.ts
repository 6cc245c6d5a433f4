/** A number, a word, a string, or one of the six marks, as they are spelt. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gu;
const INDENT = '  ';
/** A list of short things stays on one line. */
const ONE_LINE = 72;
/** What is deeper than this nobody reads by its indentation. */
const DEEPEST = 60;

/** Whether a text is one JSON value. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The same JSON over several lines, to read and to edit: only the spaces between its parts are others. */
export function spread(json: string): string {
  const tokens = tokensOf(json);
  let at = 0;
  const value = (indent: string): string => {
    const token = tokens[at++] ?? '';
    if (token !== '{' && token !== '[') return token;
    const close = token === '{' ? '}' : ']';
    const parts: string[] = [];
    const inner = indent + INDENT;
    while (at < tokens.length && tokens[at] !== close) {
      if (token === '{') {
        const name = tokens[at] ?? '';
        at += 2;
        parts.push(`${name}: ${value(inner)}`);
      } else parts.push(value(inner));
      if (tokens[at] === ',') at += 1;
    }
    at += 1;
    const line = `${token}${parts.join(', ')}${close}`;
    if (parts.length === 0 || (!line.includes('\n') && line.length <= ONE_LINE)) return line;
    return `${token}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
  };
  return isJson(json) && depthOf(tokens) <= DEEPEST ? value('') : json;
}

function depthOf(tokens: readonly string[]): number {
  let [depth, most] = [0, 0];
  for (const token of tokens) {
    if (token === '{' || token === '[') most = Math.max(most, (depth += 1));
    else if (token === '}' || token === ']') depth -= 1;
  }
  return most;
}

/** JSON as one line, spaced the way another piece of JSON is; a text that is none stays as it is. */
export function gather(json: string, like: string): string {
  if (!isJson(json)) return json;
  const { colon, comma } = spacesOf(like);
  return tokensOf(json)
    .map((token) => (token === ':' ? `:${colon}` : token === ',' ? `,${comma}` : token))
    .join('');
}

const tokensOf = (json: string): readonly string[] => json.match(TOKEN) ?? [];

/** What stands behind colons and commas: one space unless the text shows that it has none. */
function spacesOf(json: string): { readonly colon: string; readonly comma: string } {
  const outside = json.replace(/"(?:[^"\\]|\\.)*"/gu, '""');
  const behind = (mark: string): string | null => {
    const found = outside.indexOf(mark);
    return found < 0 ? null : (/^ */u.exec(outside.slice(found + 1))?.[0] ?? '');
  };
  const colon = behind(':');
  const comma = behind(',');
  return { colon: colon ?? comma ?? ' ', comma: comma ?? colon ?? ' ' };
}
