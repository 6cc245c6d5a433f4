import { AppError } from '../errors.ts';
import { sentence, type Text } from '../sentence.ts';
import { JsonFault, skipSpace, skipString, skipValue, type FaultKind } from './jsonScanner.ts';

/** What a person typed as a JSON value, spelt as they did but on one line; refuses what is not exactly one value. */
export function oneLineJson(typed: string): string {
  const start = skipSpace(typed, 0);
  let end: number;
  try {
    end = skipValue(typed, start, 1);
    const rest = skipSpace(typed, end);
    if (rest < typed.length) throw new JsonFault(rest, 'second');
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new AppError('data.invalid', faultSentence(error.why, error.at), {
      hint: sentence`A text stands in double quotes; true, false, null and numbers do not.`,
      detail: { at: error.at },
    });
  }
  return withoutBreaks(typed.slice(start, end));
}

/** Why a text is not JSON. */
export function faultSentence(why: FaultKind, at: number): Text {
  switch (why) {
    case 'end':
      return sentence`This is not valid JSON: it ends too early.`;
    case 'constant':
      return sentence`This is not valid JSON: NaN and Infinity are no numbers there (character ${at + 1}).`;
    case 'depth':
      return sentence`This is nested too deeply to be read (character ${at + 1}).`;
    case 'second':
      return sentence`This is not valid JSON: more follows after its end (character ${at + 1}).`;
    case 'character':
      return sentence`This is not valid JSON: character ${at + 1} is not expected there.`;
  }
}

/** Line breaks and the indentation after them stand between tokens only: a string has none. */
function withoutBreaks(json: string): string {
  if (!/[\r\n]/u.test(json)) return json;
  let out = '';
  let at = 0;
  while (at < json.length) {
    const unit = json.charAt(at);
    if (unit === '"') {
      const end = skipString(json, at);
      out += json.slice(at, end);
      at = end;
    } else if (unit === '\r' || unit === '\n') {
      at = skipSpace(json, at);
      out = out.trimEnd();
      if (out.endsWith(',')) out += ' ';
    } else {
      out += unit;
      at += 1;
    }
  }
  return out;
}
