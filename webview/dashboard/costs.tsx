import type { JSX } from 'preact';
import type { DashboardState, RoundView } from '../../src/shared/dashboardContract.ts';
import { Data } from '../kit/data.tsx';
import { Section, TableBox } from './section.tsx';
import { useBoardWords } from './words.ts';

/** What each round took: money, calls, tokens, time and memory. What nobody wrote down is unknown. */
export function Costs({ state }: { readonly state: DashboardState }): JSX.Element {
  const words = useBoardWords();
  const title = words('cost.title');
  return (
    <Section id="cost" title={title} wide>
      <p class="muted small">{words('cost.note')}</p>
      <TableBox label={title}>
        <table class="numbers">
          <caption class="only-read">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{words('picture.round')}</th>
              <th scope="col" class="words-cell">
                {words('cost.teacher')}
              </th>
              <th scope="col">{words('cost.calls')}</th>
              <th scope="col">{words('cost.tokens')}</th>
              <th scope="col">{words('cost.money')}</th>
              <th scope="col">{words('cost.lost')}</th>
              <th scope="col" class="words-cell">
                {words('cost.time')}
              </th>
              <th scope="col">{words('cost.memory')}</th>
            </tr>
          </thead>
          <tbody>
            {state.rounds.toReversed().map((round) => (
              <CostRow key={round.round} round={round} />
            ))}
          </tbody>
        </table>
      </TableBox>
    </Section>
  );
}

const STAGES = ['exam', 'teach', 'curate', 'freeze', 'train'];

function CostRow({
  round: { round, teacher, spent, seconds, peakMemoryMB },
}: {
  readonly round: RoundView;
}): JSX.Element {
  const words = useBoardWords();
  const unknown = <span class="muted">{words('unknown')}</span>;
  const tokens = `${words.count(spent.promptTokens)} / ${words.count(spent.completionTokens)}`;
  const stages = Object.entries(seconds).sort(([a], [b]) => STAGES.indexOf(a) - STAGES.indexOf(b));
  return (
    <tr>
      <th scope="row">{words('round.n', round)}</th>
      <td class="words-cell">
        {teacher === null ? (
          <span class="muted">{words('cost.nobody')}</span>
        ) : (
          <Data
            text={
              teacher.programmatic ? words('cost.programmatic', teacher.profile) : teacher.profile
            }
          />
        )}
      </td>
      <td>{words.count(spent.calls)}</td>
      <td>{spent.estimated ? words('cost.estimated', tokens) : tokens}</td>
      <td>
        {spent.money === null ? (
          unknown
        ) : (
          <Data text={`${words.money(spent.money)} ${spent.currency ?? ''}`.trim()} />
        )}
      </td>
      <td>{words.count(spent.possiblyBilled)}</td>
      <td class="words-cell">
        {stages.length === 0 ? (
          unknown
        ) : (
          <ul class="parts">
            {stages.map(([stage, time]) => (
              <li key={stage}>
                <Data text={words.known('stage', stage)} /> {words.duration(time)}
              </li>
            ))}
          </ul>
        )}
      </td>
      <td>
        {peakMemoryMB === null
          ? unknown
          : words('cost.megabytes', words.count(Math.round(peakMemoryMB)))}
      </td>
    </tr>
  );
}
