import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { answerWords } from '../../src/shared/reviewChoices.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { visibleText } from '../kit/visible.ts';
import { useControl, usePart, useTexts } from './app.tsx';
import { Checks } from './checks.tsx';
import { isGoldDisputed } from './disagreements.tsx';
import { Choices } from './choices.tsx';
import { FormCard } from './formCard.tsx';
import { STATUS_ICONS } from './row.tsx';
import { open } from './perform.ts';

/** The question, its gold, the student's answers to it, and why the item is flagged. */
export function QuestionCard({ record }: { readonly record: ReviewRecord }): JSX.Element {
  const { row } = record;
  const notice = usePart((state) => state.notices.get(row.id));
  const asking = usePart((state) => state.asking.has(row.id));
  const writable = usePart((state) => state.snapshot?.writable ?? false);
  const t = useTexts();
  const control = useControl();
  const doubts = record.checks.filter(({ level }) => level === 'warn' || level === 'bad');
  return (
    <section class="question" aria-label={t('question')}>
      <h2 class="only-read">{t('question')}</h2>
      <p class="question-head">
        <span class={`status-tag status-${row.status}`}>
          <Icon name={STATUS_ICONS[row.status]} />
          {row.by === 'rule'
            ? t('status.byRule', { status: t(`status.${row.status}`) })
            : t(`status.${row.status}`)}
        </span>
        <span class="question-id muted">
          <Data text={row.id} />
        </span>
        <span class="grow" />
        <Button
          kind="icon"
          icon="pencil"
          disabled={!writable}
          label={t('question.fix')}
          onPress={() =>
            control.take({
              kind: 'form',
              form: { kind: 'question', question: record.question, reason: '' },
            })
          }
        />
        <Button
          kind="icon"
          icon="file"
          label={t('openRecord')}
          onPress={() => open(control, 'record')}
        />
      </p>
      {notice === undefined ? null : (
        <p class="banner banner-warning" role="alert">
          <Icon name="warning" />
          <span class="banner-words">
            <Data text={notice} />
          </span>
        </p>
      )}
      {asking ? <p class="banner">{t('asking')}</p> : null}
      <QuestionText record={record} />
      <Choices record={record} />
      <Gold record={record} />
      <Answers record={record} />
      <Checks checks={doubts} />
      <FormCard kinds={['gold', 'question']} />
    </section>
  );
}

/** Whether a text is cut off where it stands now: a wide view holds in few lines what a narrow one does not. */
function useCut(whole: boolean) {
  const shown = useRef<HTMLParagraphElement>(null);
  const [cut, setCut] = useState(false);
  useLayoutEffect(() => {
    const { current } = shown;
    if (!current || whole) return;
    const look = (): void => setCut(current.scrollHeight > current.clientHeight + 1);
    const sizes = new ResizeObserver(look);
    sizes.observe(current);
    look();
    return () => sizes.disconnect();
  }, [whole]);
  return { shown, cut };
}

function QuestionText({ record }: { readonly record: ReviewRecord }): JSX.Element {
  const [whole, setWhole] = useState(false);
  const { shown, cut } = useCut(whole);
  const t = useTexts();
  const { question, originalQuestion } = record;
  return (
    <>
      <p class={`text question-text ${whole ? '' : 'clamped'}`} ref={shown}>
        <Data text={question} />
      </p>
      {whole || cut ? (
        <button type="button" class="link" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {t(whole ? 'less' : 'more')}
        </button>
      ) : null}
      {originalQuestion === null ? null : (
        <details class="fold">
          <summary>{t('question.original')}</summary>
          <p class="text">
            <Data text={originalQuestion} />
          </p>
        </details>
      )}
    </>
  );
}

/** A chain of calculator marks, `<<2+3=5>><<5*4=20>>`, as equations one after the other. */
function withoutMarks(equation: string): string {
  return equation.replace(/^<<|>>$/gu, '').replaceAll('>><<', ', ');
}

function Gold({ record }: { readonly record: ReviewRecord }): JSX.Element {
  const t = useTexts();
  const control = useControl();
  const writable = usePart((state) => state.snapshot?.writable ?? false);
  const { gold, originalGold, goldConfirmed, equation, row } = record;
  const inDoubt = row.flags.includes('gold-in-doubt') && !goldConfirmed;
  return (
    <p class="gold">
      <span class="label">{t('gold')}</span>
      <strong class="gold-value">
        <Data text={answerWords(record, gold)} />
      </strong>
      {equation === null ? null : (
        <span class="muted gold-equation" title={visibleText(equation)}>
          <Data text={withoutMarks(equation)} />
        </span>
      )}
      {goldConfirmed ? (
        <span class="gold-mark">
          <Icon name="check" /> {t('gold.confirmed')}
        </span>
      ) : null}
      {originalGold === null ? null : (
        <span class="muted">
          {t('gold.was')}{' '}
          <del>
            <Data text={answerWords(record, originalGold)} />
          </del>
        </span>
      )}
      <span class="gold-tools" hidden={!writable}>
        {goldConfirmed && !isGoldDisputed(record) ? null : (
          <button
            type="button"
            class={inDoubt ? 'link link-strong' : 'link'}
            onClick={() => control.take({ kind: 'send', act: { type: 'confirm-gold' } })}
          >
            {t('gold.confirm')}
          </button>
        )}
        <button type="button" class="link" onClick={() => control.act('fix-gold')}>
          {t('gold.fix')}
        </button>
      </span>
    </p>
  );
}

/** All attempts as one: distinct answers with their counts; choosing one shows an attempt that gave it. */
function Answers({ record }: { readonly record: ReviewRecord }): JSX.Element | null {
  const t = useTexts();
  const { store } = useControl();
  const shown = usePart((state) => record.attempts[state.attempt]?.answer);
  const { answers, attempts, row } = record;
  if (answers.length === 0) return null;
  return (
    <div class="answers" role="group" aria-label={t('answers')}>
      <span class="label">{t('answers.right', { right: row.right, samples: row.samples })}</span>
      {answers.map(({ answer, count, right }) => {
        const name = answer === null ? t('answer.none') : answerWords(record, answer);
        const doubted = attempts.some(
          (one) => one.answer === answer && one.checks.some(({ level }) => level === 'warn'),
        );
        return (
          <button
            type="button"
            class={`answer ${right ? 'answer-right' : 'answer-wrong'}`}
            key={answer ?? ''}
            aria-pressed={shown === answer}
            onClick={() => {
              const index = attempts.findIndex((one) => one.answer === answer);
              if (index >= 0) store.dispatch({ type: 'attempt', index });
            }}
          >
            <Icon
              name={right ? 'check' : 'cross'}
              label={t(right ? 'verdict.right' : 'verdict.wrong')}
            />
            <span>
              <Data text={name} />
            </span>
            {count > 1 ? <span class="answer-count">×{count}</span> : null}
            {doubted ? <Icon name="warning" label={t('level.warn')} /> : null}
          </button>
        );
      })}
    </div>
  );
}
