import type { JSX } from 'preact';
import {
  askedNobody,
  askersOf,
  moneySpent,
  ownStages,
  servedBy,
  servedCalls,
  servedMoney,
  servedTokens,
  stageTook,
} from '../../src/shared/boardPhrases.ts';
import type { DashboardState, RoundView } from '../../src/shared/dashboardContract.ts';
import type { DashboardWords } from '../../src/shared/dashboardWords.ts';
import { Data } from '../kit/data.tsx';
import { Section } from './section.tsx';
import { Table, type Column } from './table.tsx';
import { useBoardWords } from './words.ts';

const COLUMNS: readonly Column[] = [
  { head: 'picture.round' },
  { head: 'cost.teacher', words: true },
  { head: 'cost.calls' },
  { head: 'cost.tokens' },
  { head: 'cost.money' },
  { head: 'cost.lost' },
  { head: 'cost.time', words: true },
  { head: 'cost.memory' },
];

/** What each round took: money, calls, tokens, time and memory. What nobody wrote down is unknown. */
export function Costs({ state }: { readonly state: DashboardState }): JSX.Element {
  const words = useBoardWords();
  const title = words('cost.title');
  return (
    <Section id="cost" title={title} wide>
      <p class="muted small">{words('cost.note')}</p>
      <Table title={title} columns={COLUMNS}>
        <tbody>
          {state.rounds
            .toReversed()
            .flatMap((round) => [
              ...askersOf(round, words).map((asker, at) => (
                <CostRow
                  key={`${round.round} ${at}`}
                  round={round}
                  asker={asker}
                  isFirst={at === 0}
                />
              )),
              ...(round.served === null
                ? []
                : [<ServedRow key={`${round.round} exams`} round={round} served={round.served} />]),
            ])}
        </tbody>
      </Table>
    </Section>
  );
}

/** What is under way is no loss: its reply may come any moment. */
function callsOf({ calls, underWay }: RoundView['spent'], words: DashboardWords): string {
  const count = words.count(calls);
  return underWay === 0 ? count : words('cost.underWay', count, words.count(underWay));
}

const STAGES = ['exam', 'teach', 'curate', 'freeze', 'train'];

/** One profile that was asked; the first one's row says what the round took besides. */
function CostRow({
  round: one,
  asker: { who, spent },
  isFirst,
}: {
  readonly round: RoundView;
  readonly asker: ReturnType<typeof askersOf>[number];
  readonly isFirst: boolean;
}): JSX.Element {
  const { round, served } = one;
  const words = useBoardWords();
  const asked = (said: string): string => (askedNobody(one) ? '–' : said);
  const money = moneySpent({ spent, served }, words);
  const unknown = <span class="muted">{words('unknown')}</span>;
  const tokens = `${words.count(spent.promptTokens)} / ${words.count(spent.completionTokens)}`;
  return (
    <tr>
      <th scope="row">{words('round.n', round)}</th>
      <td class="words-cell">
        {who === null ? <span class="muted">{words('cost.nobody')}</span> : <Data text={who} />}
      </td>
      <td>{asked(callsOf(spent, words))}</td>
      <td>{asked(spent.estimated ? words('cost.estimated', tokens) : tokens)}</td>
      <td>{askedNobody(one) ? '–' : money === null ? unknown : <Data text={money} />}</td>
      <td>{asked(words.count(spent.possiblyBilled))}</td>
      {isFirst ? <RoundCells round={one} /> : [<td key="time">–</td>, <td key="memory">–</td>]}
    </tr>
  );
}

function RoundCells({ round: one }: { readonly round: RoundView }): JSX.Element {
  const words = useBoardWords();
  const { peakMemoryMB } = one;
  const unknown = <span class="muted">{words('unknown')}</span>;
  const stages = ownStages(one).sort(([a], [b]) => STAGES.indexOf(a) - STAGES.indexOf(b));
  return (
    <>
      <td class="words-cell">
        {stages.length === 0 ? (
          unknown
        ) : (
          <ul class="parts">
            {stages.map(([stage, time]) => (
              <li key={stage}>
                <Data text={words.known('stage', stage)} /> {stageTook([stage, time], one, words)}
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
    </>
  );
}

/** What the exams of a round took where a server sat them. */
function ServedRow({
  round: { round, seconds },
  served,
}: {
  readonly round: RoundView;
  readonly served: NonNullable<RoundView['served']>;
}): JSX.Element {
  const words = useBoardWords();
  const known = (said: string | null): JSX.Element =>
    said === null ? <span class="muted">{words('unknown')}</span> : <Data text={said} />;
  const { spent } = served;
  const { exam } = seconds;
  return (
    <tr>
      <th scope="row">{words('round.n', round)}</th>
      <td class="words-cell">
        <Data text={servedBy(served, words)} />
      </td>
      <td>{known(servedCalls(served, words))}</td>
      <td>{known(servedTokens(served, words))}</td>
      <td>{known(servedMoney(served, words))}</td>
      <td>{known(spent && words.count(spent.possiblyBilled))}</td>
      <td class="words-cell">{known(exam === undefined ? null : words.duration(exam))}</td>
      <td>–</td>
    </tr>
  );
}
