import type { JSX } from 'preact';
import type { DatasetRow } from '../../src/shared/datasetContract.ts';
import { Data } from '../kit/data.tsx';
import { Icon, type IconName } from '../kit/icon.tsx';
import { optionAt, type OptionPlace } from '../kit/listBox.tsx';
import { visibleText } from '../kit/visible.ts';
import { useControl, useWords } from './app.tsx';
import { Found } from './found.tsx';
import type { Words } from './words.ts';

interface ListRowProps extends OptionPlace {
  readonly row: DatasetRow | undefined;
  /** Something in it is typed and not written. */
  readonly typed: boolean;
  /** Words that are looked for in its title, and in its id. */
  readonly inTitle: readonly string[];
  readonly inId: readonly string[];
}

const STATE_ICONS = { edited: 'pencil', inserted: 'plus' } as const satisfies Record<
  Exclude<DatasetRow['state'], 'same'>,
  IconName
>;

/** What the editor's own menu on a row goes by; its commands are about the rows that are picked here. */
const ROW_CONTEXT = JSON.stringify({
  webviewSection: 'tailorDatasetRow',
  preventDefaultContextMenuItems: true,
});

/** One line of the list; everything its pictures say is in its name, too. */
export function ListRow(props: ListRowProps): JSX.Element {
  const { place, row, current, marked, typed, inTitle, inId } = props;
  const words = useWords();
  const control = useControl();
  const about = optionAt(props);
  if (!row) {
    return (
      <div {...about} class={current ? 'row row-empty row-current' : 'row row-empty'}>
        <span class="only-read">{words('loading')}</span>
        <span class="skeleton-text" aria-hidden="true" />
      </div>
    );
  }
  const { state, problem, id, line, title } = row;
  const mark: IconName | null = marked
    ? 'picked'
    : problem !== null
      ? 'warning'
      : state === 'same'
        ? null
        : STATE_ICONS[state];
  const classes = ['row', current ? 'row-current' : '', marked ? 'row-marked' : ''];
  return (
    <div
      {...about}
      class={classes.filter(Boolean).join(' ')}
      title={visibleText(problem === null ? title : `${problem}\n${title}`)}
      data-vscode-context={ROW_CONTEXT}
      onContextMenu={() => {
        // On one of those that are picked the menu is about all of them.
        if (!marked) control.store.dispatch({ type: 'unmark' });
        control.moveTo(place);
      }}
      onClick={(event) => {
        if (event.shiftKey) void control.markTo(place);
        else {
          if (event.ctrlKey || event.metaKey) control.store.dispatch({ type: 'mark', at: place });
          else control.store.dispatch({ type: 'unmark' });
          control.moveTo(place);
        }
      }}
      onDblClick={() => control.act('edit')}
    >
      <span class="only-read">{nameOf(row, typed, words)}</span>
      <span class={problem === null ? 'row-status' : 'row-status row-bad'} aria-hidden="true">
        {mark === null ? null : <Icon name={mark} />}
      </span>
      <span class={title === '' ? 'row-title muted' : 'row-title'} aria-hidden="true">
        {title === '' ? untitled(row, words) : <Found text={title} words={inTitle} />}
      </span>
      <span class="row-line" aria-hidden="true">
        {line}
      </span>
      <span class="row-about" aria-hidden="true">
        {typed ? (
          <span class="row-word">
            <Icon name="keyboard" />
            {words('row.typed')}
          </span>
        ) : null}
        {state === 'same' ? null : (
          <span class="row-word">
            {mark === STATE_ICONS[state] ? null : <Icon name={STATE_ICONS[state]} />}
            {words(`row.${state}`)}
          </span>
        )}
        {problem === null ? null : (
          <span class="row-problem">
            {mark === 'warning' ? null : <Icon name="warning" />}
            <span>
              <Data text={problem} />
            </span>
          </span>
        )}
        {id === null ? null : (
          <span class="row-id">
            <Found text={id} words={inId} />
          </span>
        )}
      </span>
    </div>
  );
}

const untitled = ({ kind }: DatasetRow, words: Words): string =>
  words(kind === 'blank' ? 'row.blank' : 'row.untitled');

function nameOf(row: DatasetRow, typed: boolean, words: Words): string {
  const parts = [
    words('row.line', row.line),
    row.id,
    row.state === 'same' ? null : words(`row.${row.state}`),
    typed ? words('row.typed') : null,
    row.problem,
    row.title === '' ? untitled(row, words) : row.title,
  ];
  return visibleText(parts.filter((part) => part !== null).join(', '));
}
