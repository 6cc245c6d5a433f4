import type { JSX } from 'preact';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { useBoardWords } from './words.ts';

type Probe = DashboardState['probes'][number];

/** What the student answered to the same few questions after each epoch. */
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
          {probes.map((probe) => (
            <article class="probe" key={probe.questionId} aria-label={probe.questionId}>
              <p class="probe-question">
                <Data text={probe.question === '' ? probe.questionId : probe.question} />{' '}
                {probe.gold === '' ? null : (
                  <span class="muted">
                    <Data text={words('train.gold', probe.gold)} />
                  </span>
                )}
              </p>
              <ol class="epochs">
                {probe.samples.map((sample, at) => (
                  <Epoch key={at} sample={sample} />
                ))}
              </ol>
            </article>
          ))}
        </>
      )}
    </section>
  );
}

function Epoch({ sample }: { readonly sample: Probe['samples'][number] }): JSX.Element {
  const words = useBoardWords();
  const { epoch, text, answer, right } = sample;
  return (
    <li class={`epoch ${right ? 'epoch-right' : 'epoch-wrong'}`}>
      <p class="epoch-head">
        <span class="muted">{words('train.epoch', words.number(epoch))}</span>
        <span class={right ? 'sign-right' : 'sign-wrong'}>
          <Icon
            name={right ? 'check' : 'cross'}
            label={words(right ? 'train.right' : 'train.wrong')}
          />
        </span>
        <strong>
          <Data text={answer === null ? words('list.noAnswer') : words('train.answer', answer)} />
        </strong>
      </p>
      <p
        class="epoch-text"
        tabIndex={0}
        role="group"
        aria-label={words('train.epoch', words.number(epoch))}
      >
        <Data text={text.trim()} />
      </p>
    </li>
  );
}
