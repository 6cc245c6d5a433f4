/** A member of a JSON object in a line: where its name, its value and the whole of it stand. */
export interface Member {
  readonly name: string;
  /** The value as it is spelt. */
  readonly json: string;
  readonly from: number;
  readonly to: number;
  /** Where the value begins. */
  readonly at: number;
}

/** The members of the object that a line is, in its order, duplicates and all; null where it is no object. */
export function membersOf(line: string): readonly Member[] | null {
  const value = parsed(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const members: Member[] = [];
  let [depth, from, at, name] = [0, 0, -1, ''];
  const tokens = line.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gsu);
  let end = 0;
  const close = (): void => {
    if (at >= 0) members.push({ name, json: line.slice(at, end), from, to: end, at });
    at = -1;
  };
  let named = false;
  for (const { 0: token, index } of tokens) {
    if (token === '}' || token === ']') depth -= 1;
    if (depth === 1 && token === ',') {
      close();
      named = false;
    } else if (depth === 0 && token === '}') close();
    else if (depth === 1 && !named && token.startsWith('"')) {
      name = JSON.parse(token) as string;
      from = index;
      named = true;
    } else if (depth === 1 && at < 0 && named && token !== ':') at = index;
    if (token === '{' || token === '[') depth += 1;
    end = index + token.length;
  }
  return members;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
