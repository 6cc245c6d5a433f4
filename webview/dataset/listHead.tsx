import type { JSX } from 'preact';
import { Button } from '../kit/button.tsx';
import { Link } from '../kit/link.tsx';
import { useControl, usePart, useWords, useWritable } from './app.tsx';
import { LineForm } from './lineForm.tsx';
import { isFiltered } from './state.ts';

/** How many rows are listed, and what can be done with those chosen. */
export function ListHead(): JSX.Element {
  const marked = usePart((state) => state.marked.size);
  const words = useWords();
  const control = useControl();
  return (
    <>
      <div class="list-head">
        <Found />
        <Acts />
      </div>
      <LineForm />
      {marked > 0 ? (
        <div class="batch">
          <span class="batch-words">{words.count('picked', marked)}</span>
          <Link onPress={() => control.store.dispatch({ type: 'unmark' })} keyCap="Esc">
            {words('picked.clear')}
          </Link>
        </div>
      ) : null}
    </>
  );
}

/** "1,204 of 100,000 · 43 % searched". */
function Found(): JSX.Element | null {
  const doc = usePart((state) => state.doc);
  const filtered = usePart(isFiltered);
  const words = useWords();
  if (!doc) return null;
  const { shown, rows, read, filtered: searched } = doc;
  const parts = [
    filtered ? words('found.of', shown, rows) : words.count('rows', rows),
    read < 1 ? words('read.part', words.percent(read)) : null,
    filtered && searched < 1 ? words('found.part', words.percent(searched)) : null,
  ];
  return <span class="found muted">{parts.filter((part) => part !== null).join(' · ')}</span>;
}

function Acts(): JSX.Element {
  const chosen = usePart(({ marked, cursor }) =>
    marked.size > 0 ? marked.size : cursor === null ? 0 : 1,
  );
  const writable = useWritable();
  const words = useWords();
  const control = useControl();
  const none = chosen === 0 || !writable;
  return (
    <div class="acts" role="group" aria-label={words('acts')}>
      <Button
        kind="icon"
        icon="plus"
        label={words('insert')}
        disabled={!writable}
        onPress={() => control.act('insert')}
      />
      <Button
        kind="icon"
        icon="copy"
        label={words.count('duplicate', chosen)}
        disabled={none}
        onPress={() => control.act('duplicate')}
      />
      <Button
        kind="icon"
        icon="trash"
        label={words.count('remove', chosen)}
        disabled={none}
        onPress={() => control.act('remove')}
      />
      <Button
        kind="icon"
        icon="up"
        label={words.count('moveUp', chosen)}
        disabled={none}
        onPress={() => control.act('move-up')}
      />
      <Button
        kind="icon"
        icon="down"
        label={words.count('moveDown', chosen)}
        disabled={none}
        onPress={() => control.act('move-down')}
      />
      <Button
        kind="icon"
        icon="goTo"
        label={words.count('moveTo', chosen)}
        disabled={none}
        onPress={() => control.act('move-to')}
      />
    </div>
  );
}
