import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ListedQuestion } from '../../src/shared/dashboardContract.ts';
import type { DashboardWords } from '../../src/shared/dashboardWords.ts';
import { listTitle } from '../../src/shared/listTitle.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Spinner } from '../kit/mark.tsx';
import { useBoard } from './context.ts';
import { Signs, type Sign } from './signs.tsx';
import { PAGE, type OpenList } from './store.ts';
import { useBoardWords } from './words.ts';

/** The questions behind a number, page by page; each leads to where it can be looked at. */
export function ListPanel(): JSX.Element | null {
  const board = useBoard();
  const words = useBoardWords();
  const open = board.open.value;
  const panel = useRef<HTMLElement>(null);
  const name = open && JSON.stringify(open.list);
  useEffect(() => {
    // Whoever presses a number wants to read its list next.
    if (name !== null) panel.current?.querySelector('h2')?.focus();
  }, [name]);
  if (!open) return null;
  const title = listTitle(open.list, words);
  const close = (): void => {
    board.closeList();
    if (name !== null) focusNumber(name);
  };
  return (
    <aside
      class="list-panel"
      id="list-panel"
      aria-labelledby="list-title"
      aria-busy={open.total === null}
      ref={panel}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <header class="list-head">
        <h2 id="list-title" tabIndex={-1}>
          <Data text={title} />
        </h2>
        <Button kind="icon" icon="cross" label={words('list.close')} onPress={close} />
      </header>
      <Content open={open} />
    </aside>
  );
}

/** Back to the number that the list was opened by. */
function focusNumber(name: string): void {
  for (const button of document.querySelectorAll<HTMLElement>('button.number')) {
    if (button.dataset['list'] === name) button.focus();
  }
}

function Content({ open }: { readonly open: OpenList }): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const { total, questions, problem } = open;
  if (total === null) {
    return (
      <p class="muted list-note">
        <Spinner /> {words('list.loading')}
      </p>
    );
  }
  if (problem !== null) {
    return (
      <p class="problem" role="alert">
        <Data text={problem} />
      </p>
    );
  }
  if (total === 0) return <p class="muted list-note">{words('list.empty')}</p>;
  return (
    <>
      <div class="list-tools">
        <Pages open={open} total={total} />
        {questions.some(({ reviewable }) => reviewable) ? (
          <Button kind="primary" onPress={() => void board.review()}>
            {words('list.review')}
          </Button>
        ) : null}
      </div>
      <ol class="questions" start={open.from + 1}>
        {questions.map((question) => (
          <Question key={question.id} question={question} />
        ))}
      </ol>
    </>
  );
}

function Pages({ open, total }: { readonly open: OpenList; readonly total: number }): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const { from } = open;
  const to = Math.min(total, from + PAGE);
  const shown = words('list.page', words.count(from + 1), words.count(to), words.count(total));
  return (
    <nav class="pages" aria-label={words('list.pages')}>
      {total <= PAGE ? null : (
        <Button
          kind="icon"
          icon="chevronLeft"
          label={words('list.previous')}
          disabled={from === 0}
          onPress={() => void board.turnTo(from - PAGE)}
        />
      )}
      <span>{shown}</span>
      {total <= PAGE ? null : (
        <Button
          kind="icon"
          icon="chevronRight"
          label={words('list.next')}
          disabled={to >= total}
          onPress={() => void board.turnTo(from + PAGE)}
        />
      )}
    </nav>
  );
}

function Question({ question }: { readonly question: ListedQuestion }): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const { id, question: text, gold, answers, taughtIn } = question;
  const rounds = taughtIn.join(', ');
  return (
    <li class="question">
      <p class="question-line">
        <button
          type="button"
          class="link question-id"
          aria-label={words('list.open', id)}
          onClick={() => void board.show(id)}
        >
          <Data text={id} />
        </button>
        <History question={question} />
      </p>
      <p class="question-text">
        <Data text={text} />
      </p>
      <p class="question-facts">
        <span>
          <Data text={words('list.gold', gold)} />
        </span>
        {answers.map((one) => (
          <span key={one.round} class={one.answer === null ? 'muted' : ''}>
            <Data text={answerSaid(one, question, words)} />
          </span>
        ))}
        {taughtIn.length === 0 ? null : (
          <span class="muted">
            {words(taughtIn.length === 1 ? 'list.taught' : 'list.taughtMany', rounds)}
          </span>
        )}
      </p>
    </li>
  );
}

/** What was answered, and in which round; of several samples only the last is shown. */
function answerSaid(
  { round, answer }: ListedQuestion['answers'][number],
  { history }: ListedQuestion,
  words: DashboardWords,
): string {
  const several = (history.find((one) => one.round === round)?.samples ?? 0) > 1;
  if (answer === null) return words(several ? 'list.noLastAnswer' : 'list.noAnswer', round);
  return words(several ? 'list.lastAnswer' : 'list.answer', round, answer);
}

/** One sign a round: right, wrong, k of N, or not asked. */
function History({ question }: { readonly question: ListedQuestion }): JSX.Element {
  const words = useBoardWords();
  const signs = question.history.map(({ round, right, samples }): Sign => {
    const look = signOf(right, samples);
    const said =
      look.kind === 'some'
        ? words('list.round.some', round, right ?? 0, samples ?? 0)
        : words(`list.round.${look.kind}`, round);
    return { ...look, said };
  });
  return <Signs label={words('list.history')} signs={signs} />;
}

function signOf(right: number | null, samples: number | null): Pick<Sign, 'kind' | 'sign'> {
  if (right === null || samples === null || samples === 0) return { kind: 'none', sign: '·' };
  if (right === samples) return { kind: 'right', sign: '✓' };
  if (right === 0) return { kind: 'wrong', sign: '✗' };
  return { kind: 'some', sign: `${right}/${samples}` };
}
