import type { Worded } from '../dataset/choiceLines.ts';
import type { Question } from '../dataset/question.ts';
import { activeDecisions, type RecordedDecision } from './activeDecisions.ts';
import type { Decision } from './decision.ts';
import { nameOfWording } from './questionText.ts';

/** A correction of a question or of its gold answer. */
export type DataFix = Extract<Decision, { type: 'fix-question' | 'fix-gold' }>;

/** questionId → the corrections of it that stand, oldest first. */
export type DataFixes = ReadonlyMap<string, readonly DataFix[]>;

/** The corrections of all rounds that nobody has taken back; `events[r]` is in merge order. */
export function dataFixesOf(events: readonly (readonly RecordedDecision[])[]): DataFixes {
  const fixes = new Map<string, DataFix[]>();
  for (const ofRound of events) {
    if (!ofRound.some(({ type }) => type === 'fix-gold' || type === 'fix-question')) continue;
    for (const event of activeDecisions(ofRound)) {
      if (event.type !== 'fix-gold' && event.type !== 'fix-question') continue;
      const known = fixes.get(event.questionId);
      if (known) known.push(event);
      else fixes.set(event.questionId, [event]);
    }
  }
  return fixes;
}

/** What corrections make of a question, by the same rules as `CurationFold`. */
interface Replay {
  /** Every wording it has had, the first one included. */
  readonly texts: readonly string[];
  /** The corrections of its gold that count. */
  readonly golds: readonly { readonly was: string; readonly answer: string }[];
}

function replay(fixes: readonly DataFix[], row: Worded): Replay {
  const { question: original } = row;
  const texts = [original];
  const golds: { was: string; answer: string }[] = [];
  for (const fix of fixes) {
    const text = texts.at(-1) ?? original;
    if (fix.type === 'fix-question') {
      if (fix.was === text || fix.was === original) texts.push(fix.text);
    } else if (fix.asked === undefined || fix.asked === nameOfWording({ ...row, question: text }))
      golds.push(fix);
  }
  return { texts, golds };
}

/**
 * The wording that the corrections began with, where the file's is that one or one that they led to. Of several the one
 * that explains most of them: corrections that a hand-edited file has overtaken explain nothing.
 */
function originalText(row: Worded, fixes: readonly DataFix[]): string {
  const { question: text } = row;
  const begun = fixes.flatMap((fix) => (fix.type === 'fix-question' ? [fix.was] : []));
  const explained = (original: string): number => {
    const { texts, golds } = replay(fixes, { ...row, question: original });
    return texts.includes(text) ? texts.length + golds.length : 0;
  };
  let best = { original: text, explains: explained(text) };
  for (const original of new Set(begun)) {
    const explains = explained(original);
    if (explains > best.explains) best = { original, explains };
  }
  return best.original;
}

/**
 * The question as the data file had it before corrections were written into it. What is decided stays an overlay on
 * that: so everything counts alike before and after, and an earlier round sees what it saw.
 */
export function unapplied(question: Question, fixes: readonly DataFix[]): Question {
  const text = originalText(question, fixes);
  const { golds } = replay(fixes, { ...question, question: text });
  const isWritten = golds.some(({ answer }) => answer === question.answer);
  const answer = isWritten ? (golds[0]?.was ?? question.answer) : question.answer;
  if (text === question.question && answer === question.answer) return question;
  return { ...question, question: text, answer };
}

/** The questions of a data file without what was written into it; the same ones where nothing was. */
export function allUnapplied(
  questions: readonly Question[],
  fixes: DataFixes,
): readonly Question[] {
  if (fixes.size === 0) return questions;
  return questions.map((question) => {
    const own = fixes.get(question.id);
    return own ? unapplied(question, own) : question;
  });
}

/** What has to be written into a row so that it says what counts; null where it does already. */
export interface RowEdit {
  readonly question: string | null;
  readonly answer: string | null;
}

/** Why a row is left as it is: it says neither what a correction was made for nor what it led to. */
export interface RowDiffers {
  readonly field: 'question' | 'answer';
  /** What the newest correction was made for. */
  readonly was: string;
}

/** What the corrections come to in a row as it stands in the file now. */
export function rowEdit(
  row: Worded & Pick<Question, 'answer'>,
  fixes: readonly DataFix[],
): { readonly edit: RowEdit; readonly differs: RowDiffers | null } {
  const { texts, golds } = replay(fixes, { ...row, question: originalText(row, fixes) });
  const text = texts.at(-1) ?? row.question;
  const gold = golds.at(-1);
  const knows = gold && golds.some(({ was, answer }) => [was, answer].includes(row.answer));
  const edit = {
    question: text === row.question ? null : text,
    answer: gold && knows && gold.answer !== row.answer ? gold.answer : null,
  };
  return { edit, differs: differenceOf(row, fixes, { texts, golds }) };
}

function differenceOf(
  row: Pick<Question, 'question' | 'answer'>,
  fixes: readonly DataFix[],
  { texts, golds }: Replay,
): RowDiffers | null {
  const lastText = fixes.findLast((fix) => fix.type === 'fix-question');
  if (lastText?.type === 'fix-question' && texts.length === 1 && lastText.text !== row.question) {
    return { field: 'question', was: lastText.was };
  }
  const lastGold = fixes.findLast((fix) => fix.type === 'fix-gold');
  if (lastGold?.type !== 'fix-gold' || lastGold.answer === row.answer) return null;
  // Made for another wording, it says nothing about this one.
  if (golds.length === 0) return { field: 'question', was: '' };
  const known = golds.some(({ was, answer }) => [was, answer].includes(row.answer));
  return known ? null : { field: 'answer', was: golds.at(-1)?.was ?? '' };
}
