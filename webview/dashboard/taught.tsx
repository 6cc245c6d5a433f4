import type { JSX } from 'preact';
import type { DashboardState, RoundView } from '../../src/shared/dashboardContract.ts';
import { Data } from '../kit/data.tsx';
import { NumberButton } from './number.tsx';
import { Section } from './section.tsx';
import { Table, type Column } from './table.tsx';
import { useBoardWords } from './words.ts';

type Frozen = NonNullable<RoundView['frozen']>;

const COLUMNS: readonly Column[] = [
  { head: 'picture.round' },
  { head: 'taught.questions' },
  { head: 'taught.rationale' },
  { head: 'taught.pair' },
  { head: 'taught.texts' },
  { head: 'taught.sources', words: true },
  { head: 'taught.uncovered', words: true },
  { head: 'taught.hash', words: true },
];

/** What each round's frozen set teaches, where it comes from, and what it leaves out. */
export function Taught({ state }: { readonly state: DashboardState }): JSX.Element {
  const words = useBoardWords();
  const title = words('taught.title');
  const frozen = state.rounds
    .flatMap(({ round, frozen: set }) => (set ? [{ round, set }] : []))
    .toReversed();
  const warnings = frozen.flatMap(({ round, set }) =>
    set.warnings.map((text) => `${words('round.n', round)}: ${text}`),
  );
  return (
    <Section id="taught" title={title} wide>
      {frozen.length === 0 ? (
        <p class="muted">{words('taught.none')}</p>
      ) : (
        <>
          <Table title={title} columns={COLUMNS}>
            <tbody>
              {frozen.map(({ round, set }) => (
                <FrozenRow key={round} round={round} set={set} />
              ))}
            </tbody>
          </Table>
          {warnings.length === 0 ? null : (
            <ul class="warnings">
              {warnings.map((text) => (
                <li key={text} class="warn">
                  <Data text={text} />
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Section>
  );
}

/** What there is any of. */
const counted = (parts: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(parts).filter(([, count]) => count > 0);

function FrozenRow({ round, set }: { readonly round: number; readonly set: Frozen }): JSX.Element {
  const words = useBoardWords();
  const list = (group: string) => ({ kind: 'coverage', round, group }) as const;
  return (
    <tr>
      <th scope="row">{words('round.n', round)}</th>
      <td>
        <NumberButton value={set.questions} list={list('questions')} />
      </td>
      <td>
        <NumberButton value={set.withRationale} list={list('with-rationale')} />
      </td>
      <td>
        <NumberButton value={set.withPair} list={list('with-pair')} />
      </td>
      <td>
        {words.count(set.positives)} / {words.count(set.negatives)}
      </td>
      <td class="words-cell">
        <ul class="parts">
          {counted(set.bySource).map(([source, count]) => (
            <li key={source}>
              {words.count(count)} <Data text={words.known('taught.source', source)} />
            </li>
          ))}
        </ul>
      </td>
      <td class="words-cell">
        <ul class="parts">
          {counted(set.uncovered).map(([reason, count]) => (
            <li key={reason}>
              <NumberButton value={count} list={list(reason)} />{' '}
              <Data text={words.known('taught.reason', reason)} />
            </li>
          ))}
        </ul>
      </td>
      <td class="words-cell">
        <code title={set.sha256}>{set.sha256.slice(0, 12)}</code>
      </td>
    </tr>
  );
}
