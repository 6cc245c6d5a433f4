import type { JSX } from 'preact';
import type { AttemptView, ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { answerWords } from '../../src/shared/reviewChoices.ts';
import type { ReviewTextKey } from '../../src/shared/reviewStrings.ts';
import { Button } from '../kit/button.tsx';
import { Checkbox } from '../kit/choice.tsx';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { useCap, useControl, usePart, useTexts } from './app.tsx';
import { Checks } from './checks.tsx';
import { firstErrorStep, verdictsOn } from './decide.ts';
import { FormCard } from './formCard.tsx';
import { ERROR_KINDS } from './forms.ts';
import { shownAttempt, shownCandidate, shownRecord } from './state.ts';
import { Steps } from './steps.tsx';
import type { Texts } from './texts.ts';

/** An error kind in words; one this view does not know stays as it is. */
export function errorName(kind: string, t: Texts): string {
  const known = ERROR_KINDS.find((one) => one === kind);
  return known ? t(`error.${known}`) : kind;
}

/** What the student wrote: one of its attempts, as text that nobody alters. */
export function Student({
  record,
  rows,
}: {
  readonly record: ReviewRecord;
  readonly rows: number;
}): JSX.Element {
  const attempt = usePart(shownAttempt);
  const index = usePart((state) => state.attempt);
  const t = useTexts();
  const { store } = useControl();
  const count = record.attempts.length;
  return (
    <section class="side side-student" aria-label={t('student')}>
      <div class="side-head">
        <h2 class="side-title">{t('student')}</h2>
        {attempt ? <AnswerTag attempt={attempt} record={record} /> : null}
        <span class="grow" />
        {count > 1 ? (
          <span class="pager" role="group" aria-label={t('attempts')}>
            <Button
              kind="icon"
              icon="chevronLeft"
              label={t('attempt.previous')}
              onPress={() => store.dispatch({ type: 'attempt', index: index - 1 })}
            />
            <span class="pager-place">{t('attempt.place', { n: index + 1, count })}</span>
            <Button
              kind="icon"
              icon="chevronRight"
              label={t('attempt.next')}
              onPress={() => store.dispatch({ type: 'attempt', index: index + 1 })}
            />
          </span>
        ) : null}
      </div>
      {attempt ? (
        <AttemptBody attempt={attempt} rows={rows} />
      ) : (
        <p class="empty-note">{t('student.none')}</p>
      )}
    </section>
  );
}

function AnswerTag({
  attempt,
  record,
}: {
  readonly attempt: AttemptView;
  readonly record: ReviewRecord;
}): JSX.Element {
  const t = useTexts();
  const verdict = attempt.settled ?? attempt.verdict;
  const words: ReviewTextKey = `verdict.${verdict}`;
  return (
    <span class={`answer-tag answer-tag-${verdict}`}>
      <Icon name={verdict === 'right' ? 'check' : 'cross'} label={t(words)} />
      <span>
        <Data
          text={attempt.answer === null ? t('answer.none') : answerWords(record, attempt.answer)}
        />
      </span>
      {attempt.times > 1 ? (
        <span class="muted" title={t('attempt.times', { n: attempt.times })}>
          ×{attempt.times}
        </span>
      ) : null}
    </span>
  );
}

function AttemptBody({
  attempt,
  rows,
}: {
  readonly attempt: AttemptView;
  readonly rows: number;
}): JSX.Element {
  const candidate = usePart(shownCandidate);
  const mode = usePart((state) => state.mode);
  const writable = usePart((state) => state.snapshot?.writable ?? false);
  const t = useTexts();
  const control = useControl();
  const cap = useCap();
  const { firstError } = attempt;
  const told =
    candidate?.aboutSample === attempt.sample && candidate.firstErrorStep !== null
      ? candidate.firstErrorStep
      : null;
  const marked = firstError
    ? {
        step: firstError.step,
        words: t('step.firstWrong', { kind: errorName(firstError.kind, t) }),
      }
    : told === null
      ? null
      : {
          step: told,
          words: t('step.firstWrongTeacher', {
            kind: errorName(candidate?.errorKind ?? 'unknown', t),
          }),
        };
  return (
    <>
      {mode === 'side' || attempt.steps.length === 0 ? (
        <p class="text side-text">
          <Data text={attempt.text} />
        </p>
      ) : (
        <Steps
          steps={attempt.steps}
          rows={rows}
          label={t('student.steps')}
          diverges={candidate ? (attempt.diverges[candidate.id] ?? null) : null}
          firstError={marked}
          onStep={
            writable ? (step) => control.take(firstErrorStep(control.state, step)) : undefined
          }
        />
      )}
      <div class="side-foot">
        <Checks checks={attempt.checks} />
        <Pair attempt={attempt} />
        <FormCard kinds={['first-error', 'verdict']} />
        <p class="side-tools" hidden={!writable}>
          <Link keyCap={cap('m')} onPress={() => control.act('first-error')}>
            {t('step.markFirst')}
          </Link>
          <Verdict attempt={attempt} />
        </p>
      </div>
    </>
  );
}

function Verdict({ attempt }: { readonly attempt: AttemptView }): JSX.Element {
  const t = useTexts();
  const control = useControl();
  const { sample } = attempt;
  const disputed = usePart((state) =>
    (shownRecord(state)?.disagreements ?? []).some(({ matter }) => matter === 'verdict'),
  );
  return (
    <>
      {verdictsOn(attempt, disputed).map((verdict) => (
        <button
          type="button"
          class="link"
          key={verdict}
          onClick={() =>
            control.take({ kind: 'form', form: { kind: 'verdict', sample, verdict, reason: '' } })
          }
        >
          {t(`verdict.say.${verdict}`)}
        </button>
      ))}
    </>
  );
}

/** The second decision: whether this attempt is what the student learns to tell the rationale from. */
function Pair({ attempt }: { readonly attempt: AttemptView }): JSX.Element {
  const t = useTexts();
  const control = useControl();
  const writable = usePart((state) => state.snapshot?.writable ?? false);
  const rejected = usePart((state) => shownRecord(state)?.row.status === 'rejected');
  const others = usePart(
    (state) => (state.records.get(state.shown ?? '')?.attempts.length ?? 0) > 1,
  );
  const cap = useCap();
  const { pair, pairReason, sample } = attempt;
  // Nothing of a rejected item is taught, whatever is kept for the day it is accepted after all.
  if (rejected && pair !== 'none') {
    return (
      <p class="pair pair-off">
        <Icon name="unpair" />
        <span>{t('say.pairNone')}</span>
      </p>
    );
  }
  if (pair === 'blocked' || pair === 'none') {
    return (
      <p class="pair pair-off">
        <Icon name="unpair" />
        <span>
          {t(pair === 'blocked' ? 'pair.blockedWords' : 'pair.noneWords')}
          {pairReason === null ? null : (
            <>
              {' '}
              <Data text={pairReason} />
            </>
          )}
        </span>
      </p>
    );
  }
  return (
    <div class="pair">
      <Checkbox
        checked={pair === 'keep'}
        disabled={!writable}
        keyCap={cap('p')}
        title={t('pair.title')}
        onChecked={(keep) => control.take({ kind: 'send', act: { type: 'pair', sample, keep } })}
      >
        {t('pair.use')}
      </Checkbox>
      {others && writable && pair === 'keep' ? (
        <Link keyCap={cap('P')} onPress={() => control.act('pair-only')}>
          {t('pair.only')}
        </Link>
      ) : null}
    </div>
  );
}
