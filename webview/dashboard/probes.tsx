import type { JSX } from 'preact';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { Signs, type Sign } from './signs.tsx';
import { useBoardWords } from './words.ts';

type Probe = DashboardState['probes'][number];
type Sample = Probe['samples'][number];

/** What the student answered to the same few questions as it learned: a line each, its texts on demand. */
export function Probes({ probes }: { readonly probes: readonly Probe[] }): JSX.Element {
  const words = useBoardWords();
  return (
    <section class="probes" aria-labelledby="head-probes">
      <h3 id="head-probes">{words('train.probes')}</h3>
      {probes.length === 0 ? (
        <p class="muted">{words('train.probes.none')}</p>
      ) : (
        <>
          <p class="muted small">{words('train.probes.note')}</p>
          <p class="small">{shares(probes, words)}</p>
          <div class="probe-list" tabIndex={0} role="group" aria-labelledby="head-probes">
            {probes.map((probe) => (
              <ProbeLine key={probe.questionId} probe={probe} />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

/** How many were right after each epoch; so few questions say little, so no rate is made of them. */
function shares(probes: readonly Probe[], words: ReturnType<typeof useBoardWords>): string {
  const epochs = new Map<number, { right: number; of: number }>();
  for (const { epoch, right } of probes.flatMap(({ samples }) => samples)) {
    const sum = epochs.get(epoch) ?? { right: 0, of: 0 };
    epochs.set(epoch, { right: sum.right + (right ? 1 : 0), of: sum.of + 1 });
  }
  return shortened([...epochs].sort(([a], [b]) => a - b))
    .map((one) =>
      one === null
        ? '…'
        : words('train.probes.share', words.number(one[0]), one[1].right, one[1].of),
    )
    .join(' · ');
}

/** Epochs that have room beside a question: the first, and the last ones. */
const MOST = 8;

/** The first and the last ones of many; null stands for those in between. */
function shortened<T>(all: readonly T[]): readonly (T | null)[] {
  const [first, ...rest] = all;
  if (first === undefined || all.length <= MOST) return all;
  return [first, null, ...rest.slice(2 - MOST)];
}

function ProbeLine({ probe }: { readonly probe: Probe }): JSX.Element {
  const words = useBoardWords();
  const { questionId, question, gold, choices, samples } = probe;
  const signs = shortened(samples).map((sample): Sign => {
    if (sample === null) return { kind: 'none', sign: '…', said: '…' };
    const { epoch, right } = sample;
    const kind = right ? 'right' : 'wrong';
    return {
      kind,
      sign: right ? '✓' : '✗',
      said: words(`train.probe.${kind}`, words.number(epoch)),
    };
  });
  return (
    <details class="probe">
      <summary class="probe-line">
        <span class="probe-question">
          <Data text={question === '' ? questionId : question} />{' '}
          {gold === '' ? null : (
            <span class="muted">
              <Data text={words('train.gold', gold)} />
            </span>
          )}
        </span>
        <Signs label={words('train.probes')} signs={signs} />
      </summary>
      {choices.length === 0 ? null : <Choices choices={choices} />}
      <ol class="epochs" tabIndex={0} aria-label={words('train.probes')}>
        {samples.map((sample, at) => (
          <Epoch key={at} sample={sample} />
        ))}
      </ol>
    </details>
  );
}

/** What there was to choose from: the gold is marked in words. */
function Choices({ choices }: Pick<Probe, 'choices'>): JSX.Element {
  const words = useBoardWords();
  return (
    <ol class="probe-choices" aria-label={words('train.choices')}>
      {choices.map(({ letter, text, gold }) => (
        <li key={letter} class={gold ? 'probe-gold' : ''}>
          <span class="muted">({letter})</span> <Data text={text} />
          {gold ? (
            <span class="muted">
              {' '}
              <Icon name="check" /> {words('train.choice.gold')}
            </span>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function Epoch({ sample }: { readonly sample: Sample }): JSX.Element {
  const words = useBoardWords();
  const { epoch, text, answer, right } = sample;
  return (
    <li class={`epoch ${right ? 'epoch-right' : 'epoch-wrong'}`}>
      <p class="epoch-head">
        <span class="muted">{words('train.epoch', words.number(epoch))}</span>
        <span class={right ? 'icon-right' : 'icon-wrong'}>
          <Icon
            name={right ? 'check' : 'cross'}
            label={words(right ? 'train.right' : 'train.wrong')}
          />
        </span>
        <strong>
          <Data text={answer === null ? words('list.noAnswer') : words('train.answer', answer)} />
        </strong>
      </p>
      <p class="epoch-text">
        <Data text={text.trim()} />
      </p>
    </li>
  );
}
