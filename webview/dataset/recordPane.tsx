import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DatasetRecord } from '../../src/shared/datasetContract.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { AddField } from './addFieldForm.tsx';
import { useCap, useControl, usePart, useWords, useWritable } from './app.tsx';
import { draftId, linePlace, placeOf } from './drafts.ts';
import { FieldCard } from './fieldCard.tsx';
import { LineCard } from './lineCard.tsx';
import { Orphans } from './orphans.tsx';
import { draftAt } from './state.ts';

/** More fields than this are shown when they are asked for. */
const FIRST_FIELDS = 80;

/** The row under the cursor, field by field. */
export function RecordPane(): JSX.Element {
  const record = usePart((state) => state.record);
  const behind = usePart((state) => state.cursor !== state.record?.key);
  const writable = useWritable();
  const [line, showLine] = useState(false);
  const words = useWords();
  return (
    <section class="detail" aria-label={words('record')}>
      <div
        class={behind ? 'detail-scroll detail-behind' : 'detail-scroll'}
        data-region="form"
        // With nothing to type in, the region itself is what is scrolled by keys.
        tabIndex={writable ? -1 : 0}
        aria-busy={behind}
      >
        {record ? (
          <Shown key={record.key} record={record} line={line} onLine={showLine} />
        ) : (
          <p class="muted">{words(behind ? 'loading' : 'record.none')}</p>
        )}
      </div>
    </section>
  );
}

interface ShownProps {
  readonly record: DatasetRecord;
  /** Whether the line itself is looked at, too: row after row, once it is. */
  readonly line: boolean;
  readonly onLine: (open: boolean) => void;
}

function Shown({ record, line, onLine }: ShownProps): JSX.Element {
  const words = useWords();
  const { kind, problem, fields } = record;
  // A field says it itself, and better where.
  const told = fields.some((field) => field.problem === problem);
  return (
    <>
      <Head record={record} />
      {problem === null || told ? null : (
        <p class="banner banner-warning">
          <Icon name="warning" />
          <span class="banner-words">
            <Data text={problem} />
          </span>
        </p>
      )}
      {kind === 'record' ? (
        <>
          {fields.length === 0 ? <p class="muted">{words('kind.empty')}</p> : null}
          <Fields record={record} />
          <Orphans record={record} />
          <AddField record={record} />
          <RawFold record={record} line={line} onLine={onLine} />
        </>
      ) : (
        <>
          {problem === null ? <p class="muted">{words(`kind.${kind}`)}</p> : null}
          <LineCard record={record} />
        </>
      )}
    </>
  );
}

function Head({ record }: { readonly record: DatasetRecord }): JSX.Element {
  const inSet = usePart(({ doc }) => doc?.set ?? null) !== null;
  const words = useWords();
  const control = useControl();
  const cap = useCap();
  const { line, state, bytes } = record;
  return (
    <div class="record-head">
      <h2>{words('record.line', String(line))}</h2>
      {state === 'same' ? null : (
        <span class="record-state">
          <Icon name={state === 'edited' ? 'pencil' : 'plus'} /> {words(`row.${state}`)}
        </span>
      )}
      <span class="muted">{words.size(bytes)}</span>
      <span class="grow" />
      <Link onPress={() => control.open('text')} keyCap={cap('o')}>
        {words('open.text')}
      </Link>
      {inSet ? (
        <Link onPress={() => control.open('review')} keyCap={cap('r')}>
          {words('open.review')}
        </Link>
      ) : null}
    </div>
  );
}

function Fields({ record }: { readonly record: DatasetRecord }): JSX.Element {
  const [all, setAll] = useState(false);
  const words = useWords();
  const { fields } = record;
  const shown = all ? fields : fields.slice(0, FIRST_FIELDS);
  const more = fields.length - shown.length;
  return (
    <>
      {shown.map((field) => (
        <FieldCard
          key={draftId(placeOf(record, field))}
          record={record}
          field={field}
          place={placeOf(record, field)}
        />
      ))}
      {more > 0 ? (
        <p>
          <Button onPress={() => setAll(true)}>{words.count('fields.more', more)}</Button>
        </p>
      ) : null}
    </>
  );
}

/** The line itself under its fields; made only when it is looked at. */
function RawFold({ record, line, onLine }: ShownProps): JSX.Element {
  const typed = usePart((state) => draftAt(state, linePlace(record.key)) !== undefined);
  const open = line || typed;
  const words = useWords();
  return (
    <details class="fold" open={open} onToggle={(event) => onLine(event.currentTarget.open)}>
      <summary>{words('raw.title')}</summary>
      {open ? <LineCard record={record} /> : null}
    </details>
  );
}
