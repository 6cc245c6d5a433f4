import type { JSX } from 'preact';
import {
  verbSchema,
  type Banner,
  type Snapshot,
  type Verb,
} from '../../src/shared/reviewContract.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Icon, type IconName } from '../kit/icon.tsx';
import { Spinner } from '../kit/mark.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { duration } from './duration.ts';

/** A verb that came over the wire; one this view does not know has no button. */
export function verbOf(verb: string): Verb | null {
  const parsed = verbSchema.safeParse(verb);
  return parsed.success ? parsed.data : null;
}

const ICONS: Record<Banner['code'], IconName> = {
  untrusted: 'warning',
  'no-key': 'info',
  programmatic: 'info',
  'file-error': 'warning',
  'changed-on-disk': 'warning',
  orphans: 'warning',
  paced: 'info',
};

/** What a person should know about the whole review: one line each, with its one button. */
export function Notices(): JSX.Element | null {
  const snapshot = usePart((state) => state.snapshot);
  const hidden = usePart((state) => state.hidden);
  if (!snapshot) return null;
  const banners = snapshot.banners.filter(({ code }) => !hidden.has(code));
  const next = snapshot.primary !== null || (!snapshot.writable && snapshot.reason !== null);
  if (!snapshot.job && !next && banners.length === 0) return null;
  return (
    <div class="notices">
      <JobLine />
      <NextLine snapshot={snapshot} />
      {banners.map((banner) => (
        <BannerLine key={banner.code} banner={banner} />
      ))}
    </div>
  );
}

/** Why nothing can be decided, and the one thing to do next, where the page below does not say it itself. */
function NextLine({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element | null {
  const listed = usePart(({ list }) => list.total > 0);
  const t = useTexts();
  const control = useControl();
  const { phase, primary, writable, reason, counts } = snapshot;
  const done = phase === 'ready' && counts.total > 0 && counts.todo === 0;
  const words = writable ? (phase === 'ready' ? t('next.ready') : null) : reason;
  if (!listed || done || phase === 'loading' || (primary === null && writable) || words === null)
    return null;
  const verb = primary && verbOf(primary.verb);
  return (
    <div class={`banner banner-${phase === 'failed' ? 'warning' : 'info'}`}>
      <Icon name={phase === 'failed' ? 'warning' : 'info'} />
      <span class="banner-words">
        <Data text={words} />
      </span>
      {primary && verb && !(snapshot.job && phase === 'training') ? (
        <Button class="banner-button" kind="primary" onPress={() => void control.run(verb)}>
          {primary.label}
        </Button>
      ) : null}
    </div>
  );
}

function BannerLine({ banner }: { readonly banner: Banner }): JSX.Element {
  const t = useTexts();
  const control = useControl();
  const icon = ICONS[banner.code];
  const verb = banner.action && verbOf(banner.action.verb);
  return (
    <div class={`banner banner-${icon}`}>
      <Icon name={icon} />
      <span class="banner-words">
        <Data text={banner.message} />
      </span>
      {banner.action && verb ? (
        <Button class="banner-button" onPress={() => void control.run(verb)}>
          {banner.action.label}
        </Button>
      ) : null}
      {icon === 'info' ? (
        <Button
          class="banner-hide"
          kind="icon"
          icon="cross"
          label={t('banner.hide')}
          onPress={() => control.store.dispatch({ type: 'hide', code: banner.code })}
        />
      ) : null}
    </div>
  );
}

function JobLine(): JSX.Element | null {
  const job = usePart((state) => state.snapshot?.job);
  const phase = usePart((state) => state.snapshot?.phase);
  const t = useTexts();
  const control = useControl();
  if (!job) return null;
  const { stage, done, total, etaMs, note } = job;
  const parts = [
    total > 0 ? t('job.done', { done, total }) : null,
    etaMs === null ? null : t('job.left', { time: duration(etaMs, t) }),
    note,
  ].filter((part) => part !== null);
  return (
    <div class="banner job">
      <Spinner />
      <span class="banner-words">
        <strong>
          <Data text={stage} />
        </strong>{' '}
        <span class="muted">
          <Data text={parts.join(' · ')} />
        </span>
      </span>
      {total > 0 ? (
        <svg class="job-bar" width="100%" height="3" aria-hidden="true">
          <rect x="0" y="0" height="3" width={`${(100 * Math.min(done, total)) / total}%`} />
        </svg>
      ) : null}
      {phase === 'training' ? (
        <Button class="banner-button" onPress={() => void control.run('show-training')}>
          {t('job.showTraining')}
        </Button>
      ) : null}
      <Button class="banner-button" icon="stop" onPress={() => void control.run('stop')}>
        {t('job.stop')}
      </Button>
    </div>
  );
}
