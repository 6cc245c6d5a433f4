import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ReviewRecord } from '../../src/shared/reviewContract.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { Checks } from './checks.tsx';
import { FormCard } from './formCard.tsx';
import { STATUS_ICONS } from './row.tsx';
import { open } from './perform.ts';

const LONG = 260;

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
      <Gold record={record} />
      <Answers record={record} />
      <Checks checks={doubts} />
      <FormCard kinds={['gold', 'question']} />
    </section>
  );
}

function QuestionText({ record }: { readonly record: ReviewRecord }): JSX.Element {
  const [opened, setOpened] = useState<string | null>(null);
  const t = useTexts();
  const { question, originalQuestion } = record;
  const long = question.length > LONG || question.split('\n').length > 5;
  const whole = !long || opened === record.row.id;
  return (
    <>
      <p class={`text question-text ${whole ? '' : 'clamped'}`}>
        <Data text={question} />
      </p>
      {long ? (
        <button
          type="button"
          class="link"
          aria-expanded={whole}
          onClick={() => setOpened(whole ? null : record.row.id)}
        >
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
        <Data text={gold} />
      </strong>
      {equation === null ? null : (
        <span class="muted gold-equation">
          <Data text={equation} />
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
            <Data text={originalGold} />
          </del>
        </span>
      )}
      <span class="gold-tools" hidden={!writable}>
        {goldConfirmed ? null : (
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
        const name = answer ?? t('answer.none');
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
          </button>
        );
      })}
    </div>
  );
}
