import type { JSX } from 'preact';
import type { DashboardState, RateView } from '../../src/shared/dashboardContract.ts';
import { Data } from '../kit/data.tsx';
import { NumberButton } from './number.tsx';
import { Section } from './section.tsx';
import { Table, type Column } from './table.tsx';
import { useBoardWords } from './words.ts';

type Acceptance = DashboardState['acceptance']['byPrompt'][number];

const DECISION_COLUMNS: readonly Column[] = [
  { head: 'picture.round' },
  { head: 'decide.person' },
  { head: 'decide.rule' },
  { head: 'decide.kinds', words: true },
  { head: 'decide.entries' },
];

const ACCEPTANCE_COLUMNS: readonly Column[] = [
  { head: 'accept.items' },
  { head: 'accept.questions' },
  { head: 'accept.passed' },
  { head: 'accept.accepted' },
  { head: 'accept.edited' },
];

/** What was decided, by whom, and how often the teacher's texts were taken. */
export function Decisions({ state }: { readonly state: DashboardState }): JSX.Element {
  const words = useBoardWords();
  const title = words('decide.title');
  const decided = state.rounds.filter(({ decisions: { entries } }) => entries > 0).toReversed();
  const { byPrompt, byErrorKind } = state.acceptance;
  return (
    <Section id="decide" title={title} wide>
      {decided.length === 0 ? (
        <p class="muted">{words('decide.none')}</p>
      ) : (
        <Table title={title} columns={DECISION_COLUMNS}>
          <tbody>
            {decided.map(({ round, decisions: { person, rule, byType, entries } }) => (
              <tr key={round}>
                <th scope="row">{words('round.n', round)}</th>
                <td>{words.count(person)}</td>
                <td>{words.count(rule)}</td>
                <td class="words-cell">
                  <ul class="parts">
                    {Object.entries(byType).map(([type, count]) => (
                      <li key={type}>
                        {words.count(count)} <Data text={words.known('decide.type', type)} />
                      </li>
                    ))}
                  </ul>
                </td>
                <td>{words.count(entries)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {decided.length === 0 ? null : <p class="muted small">{words('decide.note')}</p>}
      <h3>{words('accept.title')}</h3>
      {byPrompt.length + byErrorKind.length === 0 ? (
        <p class="muted">{words('accept.none')}</p>
      ) : (
        <>
          <AcceptanceTable by="prompt" rows={byPrompt} />
          <AcceptanceTable by="error-kind" rows={byErrorKind} />
        </>
      )}
    </Section>
  );
}

interface AcceptanceTableProps {
  readonly by: 'prompt' | 'error-kind';
  readonly rows: readonly Acceptance[];
}

function AcceptanceTable({ by, rows }: AcceptanceTableProps): JSX.Element | null {
  const words = useBoardWords();
  if (rows.length === 0) return null;
  const title = words(by === 'prompt' ? 'accept.prompt' : 'accept.error');
  const named = by === 'prompt' ? 'accept.name.prompt' : 'accept.name.error';
  return (
    <Table title={title} columns={[{ head: named, words: true }, ...ACCEPTANCE_COLUMNS]} titled>
      <tbody>
        {rows.map(({ name, items, questions, passed, accepted, edited }) => (
          <tr key={name}>
            <th scope="row" class="words-cell">
              <Data text={by === 'prompt' ? name : words.known('error.kind', name)} />
            </th>
            <td>{words.count(items)}</td>
            <td>
              <NumberButton value={questions} list={{ kind: 'acceptance', by, name }} />
            </td>
            <td class="rate">
              <Share of={passed} />
            </td>
            <td class="rate">
              <Share of={accepted} />
            </td>
            <td>{words.count(edited)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Share({ of }: { readonly of: RateView }): JSX.Element {
  const words = useBoardWords();
  if (of.n === 0) return <span class="muted">{words('accept.undecided')}</span>;
  return (
    <>
      {words.rate(of)} <span class="muted">{words('exams.n', words.count(of.n))}</span>
    </>
  );
}
