import type { JSX } from 'preact';
import { overlapNone } from '../../src/shared/boardPhrases.ts';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import { Data } from '../kit/data.tsx';
import { NumberButton } from './number.tsx';
import { Section } from './section.tsx';
import { Table, type Column } from './table.tsx';
import { useBoardWords } from './words.ts';

type Overlap = DashboardState['contamination'][number];

const COLUMNS: readonly Column[] = [
  { head: 'overlap.what', words: true },
  { head: 'overlap.with', words: true },
  { head: 'overlap.how', words: true },
  { head: 'overlap.groups' },
  { head: 'overlap.questions' },
];

/** Whether what is taught is like what the student is measured by. */
export function Overlaps({ state }: { readonly state: DashboardState }): JSX.Element {
  const words = useBoardWords();
  const title = words('overlap.title');
  const found = state.contamination.filter(({ groups }) => groups > 0);
  return (
    <Section id="overlap" title={title}>
      {found.length === 0 ? (
        <p class={state.contaminationKnown ? undefined : 'muted'}>
          {words(state.contaminationKnown ? overlapNone(state) : 'overlap.unread')}
        </p>
      ) : (
        <>
          <Table title={title} columns={COLUMNS}>
            <tbody>
              {found.map((one) => (
                <OverlapRow key={`${one.of} ${one.with} ${one.same}`} overlap={one} />
              ))}
            </tbody>
          </Table>
          <Examples found={found} />
        </>
      )}
    </Section>
  );
}

function OverlapRow({ overlap }: { readonly overlap: Overlap }): JSX.Element {
  const words = useBoardWords();
  const { of, with: beside, same, groups, questions } = overlap;
  return (
    <tr>
      <th scope="row" class="words-cell">
        <Data text={words.known('overlap.of', of)} />
      </th>
      <td class="words-cell">
        <Data text={beside} />
      </td>
      <td class="words-cell">{words(`overlap.same.${same}`)}</td>
      <td>{words.count(groups)}</td>
      <td>
        <NumberButton value={questions} list={{ kind: 'overlap', of, with: beside, same }} />
      </td>
    </tr>
  );
}

const MOST_EXAMPLES = 3;

function Examples({ found }: { readonly found: readonly Overlap[] }): JSX.Element | null {
  const words = useBoardWords();
  const examples = found.flatMap(({ examples: of }) => of).slice(0, MOST_EXAMPLES);
  if (examples.length === 0) return null;
  return (
    <>
      <h3>{words('overlap.examples')}</h3>
      <ul class="examples">
        {examples.map(({ first, second }, at) => (
          <li key={at}>
            <Data text={words('overlap.like', first.join(', '), second.join(', '))} />
          </li>
        ))}
      </ul>
    </>
  );
}
