import type { JSX } from 'preact';
import type { TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { sourceColumns } from '../../src/shared/pictures/trainingPictures.ts';
import { Data } from '../kit/data.tsx';
import { useWords } from './text.ts';

/** What is measured of the texts and their pairs, by where the texts come from. */
export function Sources({ snapshot }: { readonly snapshot: TrainingSnapshot }): JSX.Element | null {
  const words = useWords();
  const rows = Object.entries(snapshot.bySource);
  if (rows.length === 0) return null;
  const columns = sourceColumns(snapshot.bySource);
  const mean = (value: number | null): string => (value === null ? '–' : words.number(value));
  return (
    <section aria-labelledby="sources">
      <h2 id="sources">{words('bySource')}</h2>
      <div class="scroll sources" tabIndex={0} role="group" aria-label={words('bySource')}>
        <table class="numbers">
          <caption class="muted">{words('bySource.note', snapshot.bySourceSteps)}</caption>
          <thead>
            <tr>
              <th scope="col">{words('source')}</th>
              <th scope="col">{words('texts')}</th>
              {columns.map(({ key, head }) => (
                <th scope="col" key={key}>
                  {words(head)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([source, means]) => (
              <tr key={source}>
                <th scope="row">
                  <Data text={words.known('source', source)} />
                </th>
                <td>{means.n}</td>
                {columns.map(({ key }) => (
                  <td key={key}>{mean(means[key])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
