import * as vscode from 'vscode';
import { visibleText } from '../../core/visibleText.ts';
import type { AskedAgainView } from '../../shared/reviewAgain.ts';
import type { AttemptView, CandidateView, ReviewRecord } from '../../shared/reviewRecord.ts';
import { answerWords } from '../../shared/reviewChoices.ts';
import { reviewStrings } from './strings.ts';

/**
 * A whole item as Markdown. Every text of the data, the student or the teacher stands in a code block: nothing in it is
 * read as a heading, a link or a picture, and hidden characters are written out.
 */
export function recordText(record: ReviewRecord): string {
  const { t } = vscode.l10n;
  const parts = [
    `# ${inline(record.row.id)}`,
    section(t('Question'), block(record.question)),
    ...(record.originalQuestion === null
      ? []
      : [section(t('Question before it was fixed'), block(record.originalQuestion))]),
    ...(record.choices ? [section(t('Choices'), choices(record))] : []),
    section(t('Gold answer'), gold(record)),
    ...(record.equation === null ? [] : [section(t('Equation'), block(record.equation))]),
    ...(record.reference === null
      ? []
      : [section(t('Reference rationale'), block(record.reference))]),
    ...(record.checks.length === 0 ? [] : [section(t('Checks'), checks(record.checks))]),
    section(t('History'), history(record)),
    ...record.candidates.map(candidate),
    ...record.attempts.map((one) => attempt(one, record)),
    ...record.again.map(askedAgain),
    ...(record.log.length === 0 ? [] : [section(t('Decisions'), log(record))]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A text in a code block that it cannot end. */
export function block(text: string): string {
  const shown = visibleText(text);
  const longest = Math.max(2, ...[...shown.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${shown}\n${fence}`;
}

function inline(text: string): string {
  const shown = visibleText(text).replaceAll('\n', ' ');
  return `\`${shown.replaceAll('`', "'")}\``;
}

/** What Review calls a source, a status, a verdict or the result of a check. */
const word = (kind: 'source' | 'status' | 'verdict' | 'level', value: string): string =>
  reviewStrings()[`${kind}.${value}`] ?? value;

const section = (title: string, body: string): string => `## ${title}\n\n${body}`;

const checks = (all: ReviewRecord['checks']): string =>
  all.map(({ level, message }) => `- ${word('level', level)}: ${inline(message)}`).join('\n');

/** Each with its letter; which is the gold stands beside it. */
const choices = ({ choices: all = [] }: ReviewRecord): string =>
  all
    .map(({ letter, text, gold: isGold }) => {
      const mark = isGold ? ` · ${reviewStrings()['choice.gold'] ?? ''}` : '';
      return `- ${inline(`(${letter}) ${text}`)}${mark}`;
    })
    .join('\n');

function gold(record: ReviewRecord): string {
  const { t } = vscode.l10n;
  const { goldConfirmed } = record;
  const answer = answerWords(record, record.gold);
  const originalGold = record.originalGold && answerWords(record, record.originalGold);
  const was = originalGold === null ? [] : [`- ${t('before')}: ${inline(originalGold)}`];
  const confirmed = goldConfirmed ? [`- ${t('confirmed')}`] : [];
  return [block(answer), ...was, ...confirmed].join('\n');
}

function history(record: ReviewRecord): string {
  const { history: rounds, answers } = record;
  const { t } = vscode.l10n;
  const lines = rounds.map(
    ({ round, right, samples }) => `- ${t('Round {0}: {1} of {2} right', round, right, samples)}`,
  );
  const given = answers.map(
    ({ answer, count, right }) =>
      `- ${answer === null ? t('no answer') : inline(answerWords(record, answer))} × ${count}${right ? ' ✓' : ''}`,
  );
  return [...lines, ...given].join('\n');
}

function candidate(one: CandidateView, index: number): string {
  const { t } = vscode.l10n;
  const title = t(
    'Rationale {0} ({1}, {2})',
    index + 1,
    word('source', one.source),
    word('status', one.status),
  );
  const original =
    one.original === null ? [] : [t('Before the edit:'), '', block(one.original), ''];
  const why = one.why === null ? [] : [`- ${inline(one.why)}`];
  const opinions = one.opinions.map(({ by, programmatic, score, reason }) => {
    const who = programmatic ? t('programmatic teacher') : inline(by);
    return `- ${t('Second opinion of {0}: {1}/5', who, score)} – ${inline(reason)}`;
  });
  const body = [block(one.rationale), '', ...original, ...why, ...opinions, checks(one.checks)];
  return section(title, body.join('\n'));
}

function attempt(one: AttemptView, record: ReviewRecord): string {
  const { t } = vscode.l10n;
  const title = t(
    'Attempt {0} ({1}, × {2})',
    one.sample + 1,
    word('verdict', one.verdict),
    one.times,
  );
  // The text itself names a letter alone.
  const picked =
    record.choices && one.answer !== null
      ? [`- ${t('answers {0}', inline(answerWords(record, one.answer)))}`]
      : [];
  return section(title, [block(one.text), '', ...picked, checks(one.checks)].join('\n'));
}

/** The same words as in the view: what stands here is no part of the exam. */
function askedAgain({ at, student, draws, answers }: AskedAgainView): string {
  const words = reviewStrings();
  const { trained } = student;
  const who = trained
    ? (words['again.student.trained'] ?? '')
        .replace('{n}', String(trained.round + 1))
        .replace('{run}', trained.run)
    : (words['again.student.base'] ?? '');
  const how = words[`again.draws.${draws}`] ?? '';
  const about = `- ${[at, who, how].map(inline).join(' · ')}`;
  const texts = answers.flatMap(({ text, verdict, times }) => [
    `- ${word('verdict', verdict)} × ${times}`,
    '',
    block(text),
    '',
  ]);
  return section(words['again.title'] ?? '', [about, ...texts].join('\n'));
}

const log = ({ log: entries }: ReviewRecord): string =>
  entries
    .map(({ at, by, what, reason }) =>
      [at, by, what, ...(reason === null ? [] : [reason])].map(inline).join(' · '),
    )
    .map((line) => `- ${line}`)
    .join('\n');
