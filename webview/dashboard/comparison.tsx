import type { JSX } from 'preact';
import { changeNone, isNoiseOpen, onlyAsked } from '../../src/shared/boardPhrases.ts';
import type { ComparisonView, DashboardState } from '../../src/shared/dashboardContract.ts';
import { changeBars } from '../../src/shared/pictures/boardPictures.ts';
import { Select } from '../kit/choice.tsx';
import { Data } from '../kit/data.tsx';
import { Icon, type IconName } from '../kit/icon.tsx';
import { visibleText } from '../kit/visible.ts';
import { Bars } from './bars.tsx';
import { useBoard } from './context.ts';
import { Section } from './section.tsx';
import { useBoardWords } from './words.ts';

/** Rounds in which a set was examined, oldest first. */
function roundsOf({ rounds }: DashboardState, set: string): number[] {
  return rounds
    .filter(({ exams }) => exams.some((exam) => exam.set === set && exam.accuracy.n > 0))
    .map(({ round }) => round);
}

/** Two rounds on the same questions, and what a test says about their difference. */
export function Comparison({ state }: { readonly state: DashboardState }): JSX.Element {
  const words = useBoardWords();
  const { comparison } = state;
  return (
    <Section id="change" title={words('change.title')}>
      {comparison === null ? (
        <p class="muted">{words(changeNone(state))}</p>
      ) : (
        <>
          <Choice state={state} comparison={comparison} />
          <Verdict comparison={comparison} />
          <Bars
            id="change"
            title={words(
              'change.figure',
              comparison.from,
              comparison.to,
              visibleText(comparison.set),
            )}
            note={`n = ${words.count(comparison.n)}. ${visibleText(comparison.verdict)}`}
            bars={changeBars(comparison, words)}
            of={comparison.n}
          />
          <Tests comparison={comparison} />
          {isNoiseOpen(state) ? <p class="muted small">{words('change.noise')}</p> : null}
        </>
      )}
    </Section>
  );
}

function Choice({
  state,
  comparison,
}: {
  readonly state: DashboardState;
  readonly comparison: ComparisonView;
}): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const { from, to, set } = comparison;
  const sets = state.sets.filter(({ name }) => name === set || roundsOf(state, name).length > 1);
  const rounds = [...new Set([...roundsOf(state, set), from, to])].sort((a, b) => a - b);
  const options = rounds.map((round) => ({
    value: String(round),
    label: words('round.n', round),
  }));
  const choose = (one: Partial<{ from: number; to: number; set: string }>): void => {
    const wanted = { from, to, set, ...one };
    const known = roundsOf(state, wanted.set);
    // Another set may not have been examined in these rounds: then its last two.
    const fits = known.includes(wanted.from) && known.includes(wanted.to);
    const [before, after] = fits ? [wanted.from, wanted.to] : known.slice(-2);
    if (before !== undefined && after !== undefined) {
      void board.compare(before, after, wanted.set);
    }
  };
  const others = (round: number) => options.filter(({ value }) => value !== String(round));
  return (
    <div class="choices">
      <Select
        label={words('change.from')}
        value={String(from)}
        options={others(to)}
        onValue={(value) => choose({ from: Number(value) })}
      />
      <span aria-hidden="true">→</span>
      <Select
        label={words('change.to')}
        value={String(to)}
        options={others(from)}
        onValue={(value) => choose({ to: Number(value) })}
      />
      <Select
        label={words('change.set')}
        value={set}
        options={sets.map(({ name, role }) => ({
          value: name,
          label:
            role === 'dev' ? visibleText(name) : `${visibleText(name)} (${words(`set.${role}`)})`,
        }))}
        onValue={(value) => choose({ set: value })}
      />
    </div>
  );
}

function Verdict({ comparison }: { readonly comparison: ComparisonView }): JSX.Element {
  const words = useBoardWords();
  const { before, after, n, outcome, verdict } = comparison;
  return (
    <div class="verdict">
      <p class="verdict-rates">
        {words('change.rates', words.rate(before), words.rate(after), words.count(n))}
      </p>
      <p class="verdict-words">
        <Icon name={ICONS[outcome]} />{' '}
        <span>
          <Data text={verdict} />
        </span>
      </p>
    </div>
  );
}

const ICONS: Readonly<Record<ComparisonView['outcome'], IconName>> = {
  better: 'check',
  worse: 'warning',
  chance: 'info',
  untested: 'warning',
};

/** How it was tested, and by how much the share changed: a test on the same questions, never two intervals. */
function Tests({ comparison }: { readonly comparison: ComparisonView }): JSX.Element {
  const words = useBoardWords();
  const { test, n, fixed, newlyWrong, difference, from, to, onlyBefore, onlyAfter } = comparison;
  const net = fixed - newlyWrong;
  const tested =
    test.kind === 'mcnemar'
      ? words('change.mcnemar', words.count(n), words.p(test.p))
      : test.kind === 'bootstrap'
        ? words('change.bootstrap', words.count(n))
        : words('change.untested', visibleText(test.why));
  return (
    <ul class="tests">
      <li>
        <strong>
          {words(
            'change.net',
            `${net > 0 ? '+' : net < 0 ? '\u2212' : ''}${words.count(Math.abs(net))}`,
          )}
        </strong>
      </li>
      <li>{tested}</li>
      {test.kind === 'none' ? null : (
        <li>
          {words(
            'change.difference',
            words.points(difference.value),
            words.points(difference.low),
            words.points(difference.high),
          )}
        </li>
      )}
      {onlyBefore > 0 ? <li>{onlyAsked(onlyBefore, from, words)}</li> : null}
      {onlyAfter > 0 ? <li>{onlyAsked(onlyAfter, to, words)}</li> : null}
    </ul>
  );
}
