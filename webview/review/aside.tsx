import type { JSX } from 'preact';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { useTexts } from './app.tsx';
import { Checks } from './checks.tsx';
import { When } from './when.tsx';

/** What else is known about the item: checks that are no doubt, how it went before, what was decided. */
export function Aside({ record }: { readonly record: ReviewRecord }): JSX.Element {
  const t = useTexts();
  const quiet = record.checks.filter(({ level }) => level === 'ok' || level === 'info');
  return (
    <aside class="aside" aria-label={t('aside')}>
      {quiet.length > 0 ? (
        <section>
          <h2 class="aside-title">{t('checks')}</h2>
          <Checks checks={quiet} />
        </section>
      ) : null}
      <History record={record} />
      {record.hint === null ? null : (
        <section>
          <h2 class="aside-title">{t('hint')}</h2>
          <p class="text">
            <Data text={record.hint} />
          </p>
        </section>
      )}
      {record.reference === null ? null : (
        <section>
          <details class="fold">
            <summary class="aside-title">{t('reference')}</summary>
            <p class="text">
              <Data text={record.reference} />
            </p>
          </details>
        </section>
      )}
      <Log record={record} />
    </aside>
  );
}

const COURSES = ['learned', 'forgotten', 'stubborn', 'known', 'flaky'] as const;

function History({ record }: { readonly record: ReviewRecord }): JSX.Element | null {
  const t = useTexts();
  const { history, trajectory } = record;
  if (history.length === 0) return null;
  // "Unclear" says no more than the counts do.
  const course = COURSES.find((one) => one === trajectory);
  return (
    <section>
      <h2 class="aside-title">{t('history')}</h2>
      <ul class="history">
        {history.map(({ round, right, samples }) => {
          const all = samples > 0 && right === samples;
          const name = t('history.round', { n: round, right, samples });
          return (
            <li key={round} title={name}>
              <span class="history-round">{t('history.short', { n: round })}</span>
              <span class={all ? 'history-right' : 'history-wrong'}>
                <Icon name={all ? 'check' : 'cross'} label={name} />
              </span>
              <span class="muted" aria-hidden="true">
                {right}/{samples}
              </span>
            </li>
          );
        })}
      </ul>
      {course === undefined ? null : <p class="muted">{t(`trajectory.${course}`)}</p>}
    </section>
  );
}

function Log({ record }: { readonly record: ReviewRecord }): JSX.Element | null {
  const t = useTexts();
  if (record.log.length === 0) return null;
  return (
    <section>
      <h2 class="aside-title">{t('log')}</h2>
      <ol class="log">
        {record.log.map(({ at, by, what, reason }, index) => (
          <li key={index}>
            <p>
              <Data text={what} />
            </p>
            {reason === null ? null : (
              <p class="log-reason">
                <Data text={reason} />
              </p>
            )}
            <p class="muted log-about">
              <Data text={by} /> · <When at={at} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
