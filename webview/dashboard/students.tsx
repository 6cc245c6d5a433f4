import type { JSX } from 'preact';
import { roundsSeen, textsSeen } from '../../src/shared/boardPhrases.ts';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import { Data } from '../kit/data.tsx';
import { Section } from './section.tsx';
import { Table, type Column } from './table.tsx';
import { useBoardWords } from './words.ts';

const COLUMNS: readonly Column[] = [
  { head: 'saw.student', words: true },
  { head: 'saw.made', words: true },
  { head: 'saw.from', words: true },
  { head: 'saw.rounds', words: true },
  { head: 'saw.texts' },
];

/** Every student with the frozen sets it saw, those of the students that it was trained from included. */
export function Students({ state }: { readonly state: DashboardState }): JSX.Element | null {
  const words = useBoardWords();
  const { students } = state;
  const title = words('saw.title');
  if (students.length === 0) return null;
  const nameOf = (digest: string | null): string =>
    students.find((one) => one.digest === digest)?.name ?? digest?.slice(0, 12) ?? '–';
  return (
    <Section id="saw" title={title} wide>
      <Table title={title} columns={COLUMNS}>
        <tbody>
          {students.toReversed().map(({ name, digest, madeIn, from, saw, ...texts }) => (
            <tr key={`${digest} ${madeIn?.runId ?? ''}`}>
              <th scope="row" class="words-cell">
                <Data text={name} /> <code class="muted small">{digest.slice(0, 12)}</code>
              </th>
              <td class="words-cell">
                {madeIn === null ? (
                  words('saw.first')
                ) : (
                  <>
                    {words('round.n', madeIn.round)} · <Data text={madeIn.runId} />
                    {madeIn.chosen ? ` (${words('saw.chosen')})` : ''}
                  </>
                )}
              </td>
              <td class="words-cell">
                <Data text={nameOf(from)} />
              </td>
              <td class="words-cell">{roundsSeen(saw, words)}</td>
              <td>{textsSeen({ saw, ...texts }, words)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}
