import type { JSX } from 'preact';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { usePart, useTexts } from './app.tsx';
import { shownAttempt } from './state.ts';

/** The choices of a question below its text; gold and the shown attempt's answer are marked in words. */
export function Choices({ record }: { readonly record: ReviewRecord }): JSX.Element | null {
  const answer = usePart((state) => shownAttempt(state)?.answer?.toLowerCase());
  const t = useTexts();
  const { choices } = record;
  if (!choices || choices.length === 0) return null;
  return (
    <ol class="choices" aria-label={t('choices')}>
      {choices.map(({ letter, text, gold }) => {
        const picked = letter === answer;
        return (
          <li
            class={`choice ${gold ? 'choice-gold' : ''} ${picked ? 'choice-picked' : ''}`}
            key={letter}
          >
            <span class="choice-letter">({letter})</span>
            <span class="choice-body">
              <span class="choice-text">
                <Data text={text} />
              </span>
              {gold ? (
                <span class="choice-mark choice-mark-gold">
                  <Icon name="check" /> {t('choice.gold')}
                </span>
              ) : null}
              {picked ? (
                <span class={`choice-mark choice-mark-${gold ? 'right' : 'wrong'}`}>
                  <Icon name={gold ? 'check' : 'cross'} /> {t('choice.student')}
                </span>
              ) : null}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
