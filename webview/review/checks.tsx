import type { JSX } from 'preact';
import type { Check } from '../../src/shared/reviewRecord.ts';
import { Data } from '../kit/data.tsx';
import { Icon, type IconName } from '../kit/icon.tsx';
import { useTexts } from './app.tsx';

const ICONS: Record<Check['level'], IconName> = {
  ok: 'check',
  info: 'info',
  warn: 'warning',
  bad: 'cross',
};

/** Checks as sentences, each with its outcome in a picture and in words. */
export function Checks({ checks }: { readonly checks: readonly Check[] }): JSX.Element | null {
  const t = useTexts();
  if (checks.length === 0) return null;
  return (
    <ul class="checks">
      {checks.map(({ code, level, message }, index) => (
        <li class={`check check-${level}`} key={`${code} ${index}`}>
          <Icon name={ICONS[level]} label={t(`level.${level}`)} />
          <span>
            <Data text={message} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What failed in full; what passed as a count that opens. */
export function FoldedChecks({
  checks,
}: {
  readonly checks: readonly Check[];
}): JSX.Element | null {
  const t = useTexts();
  const passed = checks.filter(({ level }) => level === 'ok');
  const told = checks.filter(({ level }) => level !== 'ok');
  if (checks.length === 0) return null;
  return (
    <div class="checks-folded">
      <Checks checks={told} />
      {passed.length > 0 ? (
        <details class="fold">
          <summary>
            <Icon name="check" /> {t.count('checks.passed', passed.length)}
          </summary>
          <Checks checks={passed} />
        </details>
      ) : null}
    </div>
  );
}
