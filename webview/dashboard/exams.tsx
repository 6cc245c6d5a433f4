import type { JSX } from 'preact';
import type { DashboardState, ExamView, RoundView } from '../../src/shared/dashboardContract.ts';
import { Data } from '../kit/data.tsx';
import { NumberButton } from './number.tsx';
import { Section } from './section.tsx';
import { Table, type Column } from './table.tsx';
import { useBoardWords } from './words.ts';

/** Whether the name of a set says already what it is. */
const named = (role: ExamView['role'], set: string): boolean =>
  role === 'dev' || (role === 'test' && set === 'test');

const GROUPS = ['right', 'wrong', 'no-answer', 'truncated', 'outdated'] as const;

const COLUMNS: readonly Column[] = [
  { head: 'picture.round' },
  { head: 'picture.set', words: true },
  { head: 'picture.accuracy' },
  { head: 'exams.right' },
  { head: 'exams.wrong' },
  { head: 'exams.noAnswer' },
  { head: 'exams.truncated' },
  { head: 'exams.outdated' },
];

/** Every exam with its numbers, each of which opens the questions behind it. */
export function Exams({ state }: { readonly state: DashboardState }): JSX.Element {
  const words = useBoardWords();
  const title = words('exams.title');
  const rounds = state.rounds.filter(({ exams }) => exams.length > 0).toReversed();
  return (
    <Section id="exams" title={title} wide>
      <p class="muted small">{words('exams.caption')}</p>
      <Table title={title} columns={COLUMNS}>
        {rounds.map((round) => (
          <tbody key={round.round}>
            {round.exams.map((exam, at) => (
              <ExamRow key={exam.set} round={round} exam={exam} first={at === 0} />
            ))}
          </tbody>
        ))}
      </Table>
    </Section>
  );
}

const SEVERAL = ['any', 'all', 'voted'] as const;

interface ExamRowProps {
  readonly round: RoundView;
  readonly exam: ExamView;
  readonly first: boolean;
}

function ExamRow({ round, exam, first }: ExamRowProps): JSX.Element {
  const words = useBoardWords();
  const { set, role, accuracy, samples, several, differs, check } = exam;
  const values = [exam.right, exam.wrong, exam.noAnswer, exam.truncated, exam.outdated];
  return (
    <tr>
      {first ? (
        <th scope="rowgroup" rowSpan={round.exams.length} class="round-cell">
          <strong>{words('round.n', round.round)}</strong>
          <span class="muted small">
            {words('exams.student')} <Data text={round.student.name} />
          </span>
        </th>
      ) : null}
      <th scope="row" class="words-cell">
        <Data text={set} />
        {named(role, set) ? null : <span class="muted small"> · {words(`set.${role}`)}</span>}
        {samples > 1 ? <span class="muted small"> · {words('exams.samples', samples)}</span> : null}
        {check ? (
          <span class="muted small" title={check.text}>
            {' '}
            · {words(`exams.check.${check.verdict}`)}
          </span>
        ) : null}
        {differs.length > 0 ? (
          <span class="warn small">
            {' '}
            · <Data text={words('exams.differs', differs.join(', '))} />
          </span>
        ) : null}
      </th>
      <td class="rate">
        {accuracy.n === 0 ? '–' : words.rate(accuracy)}{' '}
        <span class="muted">{words('exams.n', words.count(accuracy.n))}</span>
        {several === null
          ? null
          : SEVERAL.map((name) => (
              <div key={name} class="muted small">
                {words(`exams.${name}`, samples)}: {words.rate(several[name])}
              </div>
            ))}
      </td>
      {GROUPS.map((group, at) => (
        <td key={group}>
          <NumberButton
            value={values[at] ?? 0}
            list={{ kind: 'exam', round: round.round, set, group }}
          />
        </td>
      ))}
    </tr>
  );
}
