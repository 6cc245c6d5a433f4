import { splitSteps } from '../steps.ts';

/** What a user message asks for, read through its fences. */
export interface ReadMessage {
  /** The message without the attempt and without hints: where the question is looked for. */
  readonly about: string;
  /** The attempt's steps without their numbers; null when the message fences no attempt. */
  readonly steps: readonly string[] | null;
  /** What the message says was read as the attempt's answer; null when it says nothing or "(none)". */
  readonly attemptAnswer: string | null;
  /** The rationale that is to be judged; null when the message fences none. */
  readonly rationale: string | null;
}

interface Block {
  readonly label: string;
  readonly lines: readonly string[];
  readonly from: number;
  readonly to: number;
}

const MARKER = /^\s*(={3,}\S+={3,}|<{3,}|`{3,}|~{3,})\s*(.*?)\s*$/u;

/** Stretches between a marker line and the next line that begins with the same marker (`>>>` closes `<<<`). */
function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const match = MARKER.exec(lines[at] ?? '');
    const marker = match?.[1];
    if (marker === undefined) continue;
    const closing = marker.startsWith('<') ? '>'.repeat(marker.length) : marker;
    const end = lines.findIndex(
      (line, index) => index > at && line.trimStart().startsWith(closing),
    );
    if (end === -1) continue;
    const label = (match?.[2] ?? '').toLowerCase();
    blocks.push({ label, lines: lines.slice(at + 1, end), from: at, to: end });
    at = end;
  }
  return blocks;
}

/** Numbered lines `1. …`; a line without a number goes on with the step before it. */
function readSteps(lines: readonly string[]): string[] {
  const text = lines.join('\n').trim();
  if (text === '(no steps)') return [];
  if (!/^\s*1[.):]\s/u.test(text)) return splitSteps(text);
  const steps: string[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\d{1,3})[.):]\s+(.*)$/u.exec(line);
    if (match && Number(match[1]) === steps.length + 1) steps.push(match[2] ?? '');
    else steps.push(`${steps.pop() ?? ''}\n${line}`);
  }
  return steps.map((step) => step.trim());
}

const isAttempt = (label: string): boolean =>
  /\b(?:attempt|work|student)/u.test(label) && !/answer/u.test(label);
const isAnswer = (label: string): boolean => /\b(?:attempt|student)\S*\s+answer/u.test(label);
const isRationale = (label: string): boolean => /^rationale\b/u.test(label);
const isAside = (label: string): boolean => /\b(?:hint|earlier|problems?|gold)\b/u.test(label);

/** Reads the last user message of a request, of our templates or of edited ones. */
export function readMessage(message: string): ReadMessage {
  const lines = message.replace(/\r\n?/gu, '\n').split('\n');
  const blocks = blocksOf(lines);
  const attempt = blocks.find((block) => isAttempt(block.label));
  const answer = blocks.find((block) => isAnswer(block.label));
  const rationale = blocks.find((block) => isRationale(block.label));
  const skip = blocks.filter(
    (block) => block === attempt || block === answer || block === rationale || isAside(block.label),
  );
  const about = lines.filter(
    (_, index) => !skip.some((block) => index >= block.from && index <= block.to),
  );
  const said = answer?.lines.join(' ').trim() ?? '';
  return {
    about: about.join('\n'),
    steps: attempt ? readSteps(attempt.lines) : null,
    attemptAnswer: said === '' || said === '(none)' ? null : said,
    rationale: rationale ? rationale.lines.join('\n') : null,
  };
}
