import type { Check } from '../../shared/reviewRecord.ts';
import { joined, type Sentence } from '../sentence.ts';
import { falseEquations } from '../teaching/arithmetic.ts';
import type { GateReason } from '../teaching/records.ts';
import { asSentence, type CurationSay } from './say.ts';

/** Why the gate refuses a text, one sentence after the other; with the text, of an equation also which one. */
export function gateSentences(reasons: readonly GateReason[], text = ''): Sentence {
  const [wrong] = falseEquations(text);
  return joined(
    reasons.map((code) =>
      code === 'arithmetic' && wrong
        ? asSentence('gate.arithmetic.which', wrong.text)
        : asSentence(`gate.${code}`),
    ),
  );
}

/** All checks of the gate, passed ones too; what a person overrode is a warning. */
export function gateChecks(
  reasons: readonly GateReason[],
  overridden: boolean,
  say: CurationSay,
): Check[] {
  const level = overridden ? 'warn' : 'bad';
  const failed = (code: GateReason): Check => ({ code, level, message: say(`gate.${code}`) });
  const of = (code: 'wrong-answer' | 'arithmetic' | 'leak' | 'unsafe-text'): Check =>
    reasons.includes(code) ? failed(code) : { code, level: 'ok', message: say(`passed.${code}`) };
  const checks = [
    reasons.includes('no-final-line') ? failed('no-final-line') : of('wrong-answer'),
    of('arithmetic'),
    of('leak'),
    of('unsafe-text'),
  ];
  const shown = new Set(checks.map(({ code }) => code));
  return [...checks, ...reasons.filter((code) => !shown.has(code)).map(failed)];
}
