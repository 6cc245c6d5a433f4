import type { JSX } from 'preact';
import type { DisagreementView } from '../../src/shared/reviewDisagreement.ts';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { usePart, useTexts } from './app.tsx';
import type { Texts } from './texts.ts';
import { When } from './when.tsx';

/** Who decided what, where people decided differently, and which word counts until somebody decides again. */
export function Disagreements({ record }: { readonly record: ReviewRecord }): JSX.Element | null {
  const writable = usePart((state) => state.snapshot?.writable ?? false);
  const t = useTexts();
  if (record.disagreements.length === 0) return null;
  return (
    <section class="card disagree" aria-label={t('disagree.title')}>
      <h2 class="card-title">
        <Icon name="warning" /> {t('disagree.title')}
      </h2>
      {record.disagreements.map((one, index) => (
        <div class="dispute" key={index}>
          <h3 class="dispute-title">{topicOf(one, t)}</h3>
          <ul class="voices">
            {one.voices.map(({ by, at, what, reason, holds }, place) => (
              <li key={place} class={holds ? 'voice voice-holds' : 'voice'}>
                <span>
                  <strong>
                    <Data text={by} />
                  </strong>
                  {': '}
                  <Data text={what} />
                </span>{' '}
                <span class="muted">
                  <When at={at} />
                </span>
                {holds ? (
                  <span class="voice-mark">
                    <Icon name="check" /> {t('disagree.holds')}
                  </span>
                ) : null}
                {reason === null ? null : (
                  <p class="log-reason">
                    <Data text={reason} />
                  </p>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {writable ? <p class="muted">{t('disagree.settle')}</p> : null}
    </section>
  );
}

function topicOf({ matter, place }: DisagreementView, t: Texts): string {
  if (matter === 'rationale' && place === null) return t('disagree.rationale.gone');
  return t(`disagree.${matter}`, { n: place ?? 0 });
}

/** Whether people disagree on a gold answer, so that it can be confirmed although somebody has confirmed one. */
export function isGoldDisputed({ disagreements }: Pick<ReviewRecord, 'disagreements'>): boolean {
  return disagreements.some(({ matter }) => matter === 'gold');
}
