import type { ChatFrame } from '../exam/chatFrame.ts';
import { rationaleOfAttempt } from '../exam/promptForm.ts';
import type { FrozenRow } from '../round/frozen.ts';
import { splitSteps } from '../teaching/steps.ts';
import { csvRow, isComputed } from './csvRow.ts';
import type { EXPORT_FORMATS, ExportFormat } from './formats.ts';
import type { MarkOf } from './stepMarks.ts';

/** Why a question gives a format nothing. */
export type LeftOut = 'no mistake' | 'no mark' | 'mark beyond the steps';

/** What one row of a frozen set becomes: whole lines or values as JSON, and what stays behind. */
export interface Exported {
  readonly records: readonly string[];
  readonly left: LeftOut | null;
  /** Cells that got an apostrophe in front. */
  readonly guarded: number;
}

interface Pair {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

const none = (left: LeftOut): Exported => ({ records: [], left, guarded: 0 });
const some = (records: readonly unknown[]): Exported => ({
  records: records.map((record) => JSON.stringify(record)),
  left: null,
  guarded: 0,
});

/**
 * A row in a format. Texts are the set's own: of a completion that becomes a chat message or a field of its own only
 * the one space goes that joined it to its prompt.
 */
export function exportRow(
  format: ExportFormat,
  source: FrozenRow,
  markOf: MarkOf,
  chat?: ChatFrame,
): Exported {
  const row = chat && isPlain(format) ? inTemplate(source, chat) : source;
  if (isIn(TEXT_FORMS, format)) {
    const form = TEXT_FORMS[format];
    return some(row.positives.map(({ completion }) => form(row.prompt, completion)));
  }
  if (isIn(PAIR_FORMS, format)) {
    const pairs = pairsOf(row);
    return pairs.length === 0 ? none('no mistake') : some(pairs.map(PAIR_FORMS[format]));
  }
  return format === 'csv' ? table(row) : stepRecords(row, markOf);
}

/** Forms whose texts are joined as they stand: the others' trainers put a template around a message themselves. */
const PLAIN: ReadonlySet<ExportFormat> = new Set([
  'trl-sft',
  'trl-preference',
  'trl-preference-implicit',
  'trl-stepwise',
]);
export const isPlain = (format: ExportFormat): boolean => PLAIN.has(format);

/** A prompt as the trainer sees it; the end of the turn is the end that every trainer adds. */
const inTemplate = (row: FrozenRow, { prefix, suffix }: ChatFrame): FrozenRow => ({
  ...row,
  prompt: `${prefix}${row.prompt}${suffix}`,
});

/** Every right text of a question against every one of the student's own mistakes. */
function pairsOf({ prompt, positives, negatives }: FrozenRow): Pair[] {
  return positives.flatMap(({ completion }) =>
    negatives.map(({ text }) => ({ prompt, chosen: completion, rejected: text })),
  );
}

const user = (content: string) => ({ role: 'user', content });
const assistant = (text: string) => ({ role: 'assistant', content: rationaleOfAttempt(text) });
const human = (value: string) => ({ from: 'human', value });
const gpt = (text: string) => ({ from: 'gpt', value: rationaleOfAttempt(text) });

type FormatOf<Kind> = {
  [F in ExportFormat]: (typeof EXPORT_FORMATS)[F]['kind'] extends Kind ? F : never;
}[ExportFormat];

const chat = (prompt: string, text: string) => ({ messages: [user(prompt), assistant(text)] });

const TEXT_FORMS: Readonly<
  Record<FormatOf<'text'>, (prompt: string, completion: string) => unknown>
> = {
  'trl-sft': (prompt, completion) => ({ prompt, completion }),
  'trl-messages': chat,
  openai: chat,
  sharegpt: (prompt, text) => ({ conversations: [human(prompt), gpt(text)] }),
  alpaca: (prompt, text) => ({ instruction: prompt, input: '', output: rationaleOfAttempt(text) }),
};

const PAIR_FORMS: Readonly<Record<FormatOf<'pair'>, (pair: Pair) => unknown>> = {
  'trl-preference': (pair) => pair,
  'trl-preference-implicit': ({ prompt, chosen, rejected }) => ({
    chosen: prompt + chosen,
    rejected: prompt + rejected,
  }),
  'sharegpt-preference': ({ prompt, chosen, rejected }) => ({
    conversations: [human(prompt)],
    chosen: gpt(chosen),
    rejected: gpt(rejected),
  }),
  'alpaca-preference': ({ prompt, chosen, rejected }) => ({
    instruction: prompt,
    input: '',
    chosen: rationaleOfAttempt(chosen),
    rejected: rationaleOfAttempt(rejected),
  }),
  'openai-preference': ({ prompt, chosen, rejected }) => ({
    input: { messages: [user(prompt)], tools: [], parallel_tool_calls: true },
    preferred_output: [assistant(chosen)],
    non_preferred_output: [assistant(rejected)],
  }),
};

const isIn = <F extends ExportFormat>(
  forms: Readonly<Record<F, unknown>>,
  format: ExportFormat,
): format is F => Object.hasOwn(forms, format);

/**
 * The mistakes of a question whose first wrong step is marked, and its right texts beside them. From the first wrong step
 * on every step is labelled false: what follows from it is not right either. A row holds mistakes only where all its
 * right texts reach the gold.
 */
function stepRecords({ id, prompt, positives, negatives }: FrozenRow, markOf: MarkOf): Exported {
  const record = (text: string, firstWrong: number): unknown => {
    const steps = splitSteps(rationaleOfAttempt(text));
    return {
      prompt,
      // The space that joins a text to its prompt belongs to its first step.
      completions: steps.map((step, at) => (at === 0 && text.startsWith(' ') ? ` ${step}` : step)),
      labels: steps.map((_, at) => at + 1 < firstWrong),
    };
  };
  if (negatives.length === 0) return none('no mistake');
  const marked = negatives.flatMap((negative) => {
    const step = markOf(id, negative);
    return step === undefined ? [] : [{ text: negative.text, step }];
  });
  if (marked.length === 0) return none('no mark');
  const usable = marked.filter(
    ({ text, step }) => step <= splitSteps(rationaleOfAttempt(text)).length,
  );
  if (usable.length === 0) return none('mark beyond the steps');
  const right = positives.filter(({ completion }) => splitSteps(completion).length > 0);
  return some([
    ...usable.map(({ text, step }) => record(text, step)),
    ...right.map(({ completion }) => record(completion, Infinity)),
  ]);
}

function table({ id, prompt, gold, positives, negatives }: FrozenRow): Exported {
  const rows = [
    ...positives.map((one) => [
      ...[id, prompt, gold, 'positive', one.id, one.completion, one.source],
      ...[one.round, ''],
    ]),
    ...negatives.map((one) => [
      ...[id, prompt, gold, 'negative', one.id, one.text, 'student'],
      ...[one.round, one.sample],
    ]),
  ];
  const guarded = rows.flat().filter((cell) => typeof cell === 'string' && isComputed(cell)).length;
  return { records: rows.map(csvRow), left: null, guarded };
}
