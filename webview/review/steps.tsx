import type { JSX } from 'preact';
import type { StepView } from '../../src/shared/reviewContract.ts';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { useTexts } from './app.tsx';
import { stepParts, type StepPart } from './stepPieces.ts';

interface StepsProps {
  readonly steps: readonly StepView[];
  readonly label: string;
  /** 1-based step where it leaves the other text's course. */
  readonly diverges?: number | null;
  /** 1-based step that somebody called the first wrong one, and who. */
  readonly firstError?: { readonly step: number; readonly words: string } | null;
  /** Numbers become buttons: choosing one marks that step. */
  readonly onStep?: ((step: number) => void) | undefined;
  /** So that both texts' steps lie in the same rows of the page. */
  readonly rows: number;
}

/** A text as numbered steps with what is known about each as marks and words. */
export function Steps(props: StepsProps): JSX.Element {
  const { steps, label, diverges = null, firstError = null, onStep, rows } = props;
  const t = useTexts();
  return (
    <ol class="steps" aria-label={label} style={{ gridRow: `span ${Math.max(rows, 1)}` }}>
      {steps.map((step, index) => {
        const n = index + 1;
        const leaves = diverges === n;
        const wrong = firstError?.step === n ? firstError.words : null;
        return (
          <li class={`step ${leaves ? 'step-leaves' : ''} ${wrong ? 'step-wrong' : ''}`} key={n}>
            {onStep ? (
              <button
                type="button"
                class="step-number"
                title={t('step.mark', { n })}
                aria-label={t('step.mark', { n })}
                onClick={() => onStep(n)}
              >
                {n}
              </button>
            ) : (
              <span class="step-number">{n}</span>
            )}
            <span class="step-text">
              {stepParts(step).map((part, place) => (
                <Part key={place} part={part} />
              ))}
              {leaves ? (
                <span class="step-note">
                  <Icon name="diverge" /> {t('step.leaves')}
                </span>
              ) : null}
              {wrong ? (
                <span class="step-note step-note-wrong">
                  <Icon name="cross" /> {wrong}
                </span>
              ) : null}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Part({ part }: { readonly part: StepPart }): JSX.Element {
  const t = useTexts();
  const words = part.pieces.map(({ text, stranger }, index) =>
    stranger ? (
      <span class="stranger" key={index} title={t('step.stranger')}>
        <Data text={text} />
        <Icon name="notEqual" label={t('step.stranger')} />
      </span>
    ) : (
      <Data key={index} text={text} />
    ),
  );
  if (part.equation === null) return <>{words}</>;
  const name = t(part.equation ? 'step.holds' : 'step.fails');
  return (
    <span class={`equation ${part.equation ? 'equation-holds' : 'equation-fails'}`} title={name}>
      {words}
      <Icon name={part.equation ? 'check' : 'cross'} label={name} />
    </span>
  );
}
