import type { Texts } from './texts.ts';

/** A time as people say it: seconds under a minute, then minutes, then hours and minutes. */
export function duration(ms: number, t: Texts): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return t('time.seconds', { n: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t('time.minutes', { n: minutes });
  return t('time.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}
