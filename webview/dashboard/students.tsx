import type { JSX } from 'preact';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import { Data } from '../kit/data.tsx';
import { Section, TableBox } from './section.tsx';
import { useBoardWords } from './words.ts';

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
      <TableBox label={title}>
        <table class="numbers">
          <caption class="only-read">{title}</caption>
          <thead>
            <tr>
              <th scope="col" class="words-cell">
                {words('saw.student')}
              </th>
              <th scope="col" class="words-cell">
                {words('saw.made')}
              </th>
              <th scope="col" class="words-cell">
                {words('saw.from')}
              </th>
              <th scope="col" class="words-cell">
                {words('saw.rounds')}
              </th>
              <th scope="col">{words('saw.texts')}</th>
            </tr>
          </thead>
          <tbody>
            {students
              .toReversed()
              .map(({ name, digest, madeIn, from, saw, positives, negatives }) => (
                <tr key={digest}>
                  <th scope="row" class="words-cell">
                    <Data text={name} /> <code class="muted small">{digest.slice(0, 12)}</code>
                  </th>
                  <td class="words-cell">
                    {madeIn === null ? (
                      words('saw.first')
                    ) : (
                      <>
                        {words('round.n', madeIn.round)} · <Data text={madeIn.runId} />
                      </>
                    )}
                  </td>
                  <td class="words-cell">
                    <Data text={nameOf(from)} />
                  </td>
                  <td class="words-cell">
                    {saw.length === 0 ? words('saw.nothing') : words('saw.list', saw.join(', '))}
                  </td>
                  <td>
                    {words.count(positives)} / {words.count(negatives)}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </TableBox>
    </Section>
  );
}
