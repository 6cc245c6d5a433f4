import { sha256Json } from '../hash.ts';
import { numberSteps } from './steps.ts';
import { fillSection, type PromptTemplate } from './templates.ts';
import type { ChatMessage } from './teacher.ts';

/** What one request says, beside its template. Texts come from data sets and students: all of them are data. */
export interface PromptInput {
  readonly questionId: string;
  readonly draw: number;
  readonly question: string;
  /** The gold answer; annotate shows it only when `showGold`. */
  readonly gold: string;
  readonly showGold: boolean;
  /** Feedback: the student's wrong text and what was read as its answer. */
  readonly attempt?: { readonly text: string; readonly answer: string | null };
  /** Feedback, last rung: what the reply before this one ended with, and why it was refused. */
  readonly mismatch?: { readonly answer: string | null; readonly problems: readonly string[] };
  readonly hint?: string;
  /** Review: the text to judge, whoever wrote it. */
  readonly rationale?: string;
  /** How the final line is written where it is not a number alone; our words, no data. */
  readonly form?: string;
}

/**
 * The marker of this request's fences. It is a hash over the data themselves, so it is the same for the same request
 * (the cache key is stable) and no data can contain it on purpose.
 */
export function delimiterOf(input: PromptInput): string {
  return `====data-${sha256Json(input).slice(0, 20)}====`;
}

/** Lone surrogates have no UTF-8 form, and servers refuse them: they become U+FFFD. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function oneLine(text: string): string {
  return wellFormed(text).replace(/\s+/gu, ' ').trim();
}

/** Renders a request. The system message is the same for every request of a template: servers cache that prefix. */
export function renderPrompt(template: PromptTemplate, input: PromptInput): ChatMessage[] {
  const values = {
    delimiter: delimiterOf(input),
    question: wellFormed(input.question.trim()),
    gold: oneLine(input.gold),
    steps: wellFormed(numberSteps(input.attempt?.text ?? '')),
    attemptAnswer: oneLine(input.attempt?.answer ?? '(none)'),
    hint: wellFormed((input.hint ?? '').trim()),
    lastAnswer: oneLine(input.mismatch?.answer ?? '(none)'),
    rationale: wellFormed((input.rationale ?? '').trim()),
    problems: (input.mismatch?.problems ?? []).join('\n') || '(unreadable)',
  };
  const parts = ['user'];
  if (template.purpose === 'annotate' && input.showGold) parts.push('gold');
  if (template.purpose === 'feedback' && input.mismatch !== undefined) parts.push('mismatch');
  if (input.hint !== undefined) parts.push('hint');
  return [
    { role: 'system', content: template.sections['system'] ?? '' },
    {
      role: 'user',
      content: [
        ...parts.map((name) => fillSection(template.sections[name] ?? '', values)),
        ...(input.form === undefined ? [] : [input.form]),
      ].join('\n'),
    },
  ];
}
