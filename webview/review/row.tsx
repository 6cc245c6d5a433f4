import type { JSX } from 'preact';
import type { ItemStatus, Row } from '../../src/shared/reviewQueue.ts';
import { Data } from '../kit/data.tsx';
import { Icon, type IconName } from '../kit/icon.tsx';
import { optionAt, type OptionPlace } from '../kit/listBox.tsx';
import { visibleText } from '../kit/visible.ts';
import { useControl, useTexts } from './app.tsx';
import type { Texts } from './texts.ts';

interface RowProps extends OptionPlace {
  readonly row: Row | undefined;
  readonly pending: boolean;
  readonly notice: string | undefined;
}

export const STATUS_ICONS: Record<ItemStatus, IconName> = {
  todo: 'todo',
  accepted: 'check',
  edited: 'pencil',
  rejected: 'cross',
};

/** What the editor's own menu on a row goes by; its commands are about the row under the cursor. */
const ROW_CONTEXT = JSON.stringify({
  webviewSection: 'tailorReviewRow',
  preventDefaultContextMenuItems: true,
});

/** What an import calls a question that came without a name. */
const MADE_ID = /^q-[0-9a-f]{16}$/u;

/** One line of the queue; everything its pictures say is in its name, too. */
export function QueueRow(props: RowProps): JSX.Element {
  const { place, row, current, marked, pending, notice } = props;
  const t = useTexts();
  const control = useControl();
  const about = optionAt(props);
  if (!row) {
    return (
      <div {...about} class="row row-empty">
        <span class="only-read">{t('loading')}</span>
        <span class="skeleton-text" aria-hidden="true" />
      </div>
    );
  }
  // A name that was made from the text says less than the text.
  const made = MADE_ID.test(row.id);
  const roomy = made && row.flags.length === 0 && notice === undefined;
  const hasPair = row.pair === 'keep' && row.status !== 'rejected';
  const told = row.flags.slice(0, made ? 2 : 1);
  const classes = [
    'row',
    roomy ? 'row-roomy' : '',
    `row-${row.status}`,
    current ? 'row-current' : '',
    marked ? 'row-marked' : '',
    pending ? 'row-pending' : '',
  ];
  return (
    <div
      {...about}
      class={classes.filter(Boolean).join(' ')}
      title={visibleText(row.title)}
      data-vscode-context={ROW_CONTEXT}
      onContextMenu={() => control.moveTo(place)}
      onClick={(event) => {
        if (event.shiftKey) void control.markTo(place);
        else {
          if (event.ctrlKey || event.metaKey) control.store.dispatch({ type: 'mark', at: place });
          else control.store.dispatch({ type: 'unmark' });
          control.moveTo(place);
        }
      }}
    >
      <span class="only-read row-name">{nameOf(row, t, notice)}</span>
      <span class={`row-status status-${row.status}`} aria-hidden="true">
        <Icon name={marked ? 'picked' : STATUS_ICONS[row.status]} />
      </span>
      <span class="row-title" aria-hidden="true">
        <Data text={row.title} />
      </span>
      <span class="row-answers" aria-hidden="true">
        {row.right === row.samples && row.samples > 0 ? null : (
          <>
            <span class="row-wrong">
              <RowAnswer answer={row.wrongAnswer ?? '–'} words={row.choice?.wrong} />
            </span>
            <Icon name="notEqual" />
          </>
        )}
        <span class="row-gold">
          <RowAnswer answer={row.gold} words={row.choice?.gold} />
        </span>
      </span>
      <span class={roomy ? 'only-read' : 'row-about'} aria-hidden="true">
        {notice === undefined ? (
          <>
            {told.length > 0 ? (
              <span class="row-flag">
                <Icon name="flag" />
                <span>
                  {told.map((flag) => t(`flag.short.${flag}`)).join(', ')}
                  {row.flags.length > told.length ? ` +${row.flags.length - told.length}` : ''}
                </span>
              </span>
            ) : null}
            <span class={made ? 'row-id only-read' : 'row-id'}>
              <Data text={row.id} />
            </span>
          </>
        ) : (
          <span class="row-notice">
            <Icon name="warning" />
            <Data text={notice} />
          </span>
        )}
      </span>
      <span class="row-counts" aria-hidden="true">
        {hasPair ? <Icon name="pair" /> : null}
        {row.misses > 1 ? <span>{t('row.misses', { n: row.misses })}</span> : null}
        {row.samples > 1 ? (
          <span>{t('row.right', { right: row.right, samples: row.samples })}</span>
        ) : null}
      </span>
    </div>
  );
}

/** "(b)" and then what it says. */
const LETTER = 3;

/** An answer in a row: of a choice its letter, and behind it the text that has room in a wide list alone. */
function RowAnswer({
  answer,
  words,
}: {
  readonly answer: string;
  readonly words: string | null | undefined;
}): JSX.Element {
  if (words === null || words === undefined) return <Data text={answer} />;
  return (
    <>
      <Data text={words.slice(0, LETTER)} />
      <span class="row-choice">
        <Data text={words.slice(LETTER)} />
      </span>
    </>
  );
}

function nameOf(row: Row, t: Texts, notice: string | undefined): string {
  const parts = [
    row.id,
    row.by === 'rule'
      ? t('status.byRule', { status: t(`status.${row.status}`) })
      : t(`status.${row.status}`),
    ...row.flags.map((flag) => t(`flag.${flag}`)),
    t('name.student', { answer: row.choice?.wrong ?? row.wrongAnswer ?? t('answer.none') }),
    t('name.gold', { answer: row.choice?.gold ?? row.gold }),
    t('name.right', { right: row.right, samples: row.samples }),
    row.misses > 1 ? t.count('name.misses', row.misses) : null,
    row.pair === 'none' || row.status === 'rejected' ? null : t(`name.pair.${row.pair}`),
    notice ?? null,
    row.title,
  ];
  return visibleText(parts.filter((part) => part !== null).join(', '));
}
