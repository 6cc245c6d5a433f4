import type { JSX } from 'preact';
import type { AskedAgainView } from '../../src/shared/reviewAgain.ts';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { answerWords } from '../../src/shared/reviewChoices.ts';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { useCap, useControl, usePart, useTexts } from './app.tsx';
import { FormCard } from './formCard.tsx';
import { When } from './when.tsx';

/** What students answered when they were asked this question again: beside the exam, and no part of it. */
export function AskedAgain({ record }: { readonly record: ReviewRecord }): JSX.Element {
  const { id } = record.row;
  const running = usePart(({ askingStudent }) => askingStudent === id);
  const t = useTexts();
  const control = useControl();
  const cap = useCap();
  return (
    <section class="again" aria-label={t('again.title')}>
      <div class="again-head">
        {record.again.length > 0 ? <h2 class="side-title">{t('again.title')}</h2> : null}
        <span class="grow" />
        {running ? (
          <span class="muted">{t('again.running')}</span>
        ) : (
          <Link keyCap={cap('R')} onPress={() => control.act('again')}>
            {t('again.act')}
          </Link>
        )}
      </div>
      <FormCard kinds={['again']} />
      {record.again.length > 0 ? (
        <ol class="askings">
          {record.again.map((asking) => (
            <Asking key={asking.id} asking={asking} record={record} />
          ))}
        </ol>
      ) : null}
    </section>
  );
}

function Asking({
  asking,
  record,
}: {
  readonly asking: AskedAgainView;
  readonly record: ReviewRecord;
}): JSX.Element {
  const t = useTexts();
  const { student, draws, answers, samples, right, older, differs, at } = asking;
  const got = answers.reduce((sum, { times }) => sum + times, 0);
  const { trained, same } = student;
  const who = trained
    ? t('again.student.trained', { n: trained.round + 1, run: trained.run })
    : t('again.student.base');
  const other = t('again.student.another');
  return (
    <li class="asking">
      <p class="asking-head">
        <strong>{t('answers.right', { right, samples: got })}</strong>
        <span class="muted">
          <When at={at} /> · <Data text={who} />
          {same ? null : `, ${other}`} · {t(`again.draws.${draws}`)}
        </span>
      </p>
      {got < samples ? <p class="muted">{t('again.partly', { got, samples })}</p> : null}
      {older ? <p class="muted">{t('again.older')}</p> : null}
      {differs.length > 0 ? (
        <p class="muted">
          <Data text={t('again.differs', { what: differs.join(', ') })} />
        </p>
      ) : null}
      <ul class="asking-answers">
        {answers.map(({ sample, times, text, answer, verdict, recorded }) => (
          <li key={sample}>
            <details class="fold">
              <summary>
                <span class={`answer-tag answer-tag-${verdict}`}>
                  <Icon
                    name={verdict === 'right' ? 'check' : 'cross'}
                    label={t(`verdict.${verdict}`)}
                  />
                  <span>
                    <Data text={answer === null ? t('answer.none') : answerWords(record, answer)} />
                  </span>
                  {times > 1 ? <span class="muted">×{times}</span> : null}
                </span>
                {recorded ? <span class="muted"> {t('again.recorded')}</span> : null}
              </summary>
              <p class="text">
                <Data text={text} />
              </p>
            </details>
          </li>
        ))}
      </ul>
    </li>
  );
}
