import type { JSX } from 'preact';
import type { StepView } from '../../src/shared/reviewRecord.ts';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { visibleText } from '../kit/visible.ts';
import { useTexts } from './app.tsx';
import { atLastWord, stepParts, type StepPart, type StepPiece } from './stepPieces.ts';

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
      {firstError && firstError.step > steps.length ? (
        <li class="step step-wrong">
          <span class="step-number">{firstError.step}</span>
          <span class="step-text">
            <span class="step-note step-note-wrong">
              <Icon name="cross" /> {firstError.words}
            </span>
          </span>
        </li>
      ) : null}
    </ol>
  );
}

/** A longer equation may be cut between two lines; a short one stays whole. */
const SHORT = 22;

function Part({ part }: { readonly part: StepPart }): JSX.Element {
  const t = useTexts();
  const { equation, pieces, tail } = part;
  if (equation === null) return <Words pieces={pieces} />;
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
  const [before, behind] = length > SHORT ? atLastWord(pieces) : [[], pieces];
  const name = t(equation ? 'step.holds' : 'step.fails');
  if (part.mark !== null) {
    const said = visibleText(part.mark);
    return (
      <span class="unbroken calculated" title={`<<${said}>> ${name}`}>
        <Words pieces={pieces} />
        <Icon name="check" label={`${said}, ${name}`} />
        {tail}
      </span>
    );
  }
  // Its mark and the full stop behind it never stand on a line of their own.
  return (
    <span class={length > SHORT ? '' : 'unbroken'}>
      <span class={`equation ${equation ? 'equation-holds' : 'equation-fails'}`} title={name}>
        <Words pieces={before} />
        <span class="unbroken">
          <Words pieces={behind} />
          <Icon name={equation ? 'check' : 'cross'} label={name} />
        </span>
      </span>
      {tail}
    </span>
  );
}

function Words({ pieces }: { readonly pieces: readonly StepPiece[] }): JSX.Element {
  const t = useTexts();
  return (
    <>
      {pieces.map(({ text, stranger }, index) =>
        stranger ? (
          <span class="stranger" key={index} title={t('step.stranger')}>
            <Data text={text} />
            <Icon name="notEqual" label={t('step.stranger')} />
          </span>
        ) : (
          <Data key={index} text={text} />
        ),
      )}
    </>
  );
}
