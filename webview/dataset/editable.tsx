import type { JSX } from 'preact';
import type { DatasetRecord } from '../../src/shared/datasetContract.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { capOf } from '../kit/platform.ts';
import { TextBox } from '../kit/textBox.tsx';
import { useControl, usePart, useWords } from './app.tsx';
import { draftId, isStale, shownOf, type Draft, type Place } from './drafts.ts';
import { shownText } from './exactText.ts';
import { FoundBehind, scrollAlong, useSought } from './found.tsx';
import { ReadText } from './readText.tsx';
import { draftAt } from './state.ts';

interface EditableProps {
  readonly id: string;
  readonly place: Place;
  /** The field that it is of; null for the whole line. */
  readonly field: string | null;
  readonly as: Draft['as'];
  /** What stands in the text before anybody types. */
  readonly start: string;
  readonly record: DatasetRecord;
  /** Ids of what else is said about it. */
  readonly notes: readonly string[];
  readonly label?: string;
}

/** A text of the record, written when it is left; what could not be written stays in it, with the reason. */
export function Editable(props: EditableProps): JSX.Element {
  const { id, place, field, as, start, record, notes, label } = props;
  const sought = useSought(field);
  const draft = usePart((state) => draftAt(state, place));
  const refusal = usePart(({ refusals }) => refusals.get(draftId(place)));
  const restored = usePart((state) => state.restored.has(draftId(place)));
  const control = useControl();
  const known = draftId(place);
  const stale = draft !== undefined && isStale(draft, record, restored);
  const value = draft?.as === as ? shownOf(draft) : shownText(start);
  const described = [...notes, ...(draft ? [`${id}-draft`] : [])];
  return (
    <form
      class="editable"
      onSubmit={(event) => {
        event.preventDefault();
        void control.write(known, true);
      }}
    >
      <div
        class={as === 'text' ? 'found-place' : 'found-place found-place-code'}
        onScrollCapture={({ currentTarget }) => scrollAlong(currentTarget)}
      >
        <FoundBehind text={value} words={sought} />
        <TextBox
          id={id}
          about={known}
          code={as !== 'text'}
          invalid={refusal !== undefined}
          describedBy={described.length > 0 ? described.join(' ') : undefined}
          value={value}
          onValue={(typed) => control.type(place, as, typed)}
          onLeave={() => void control.write(known)}
          {...(label === undefined ? {} : { label })}
        />
      </div>
      {draft ? (
        <Typed
          id={`${id}-draft`}
          draft={draft}
          start={start}
          stale={stale}
          refusal={refusal}
          place={place}
          field={field}
        />
      ) : null}
    </form>
  );
}

interface TypedProps {
  readonly id: string;
  readonly draft: Draft;
  /** What stands there now. */
  readonly start: string;
  readonly stale: boolean;
  readonly refusal: string | undefined;
  readonly place: Place;
  readonly field: string | null;
}

/** What becomes of a text that is typed and not written. */
function Typed({ id, draft, start, stale, refusal, place, field }: TypedProps): JSX.Element {
  const words = useWords();
  const control = useControl();
  const known = draftId(place);
  if (stale) {
    return (
      <div class="banner banner-warning" id={id} role="alert">
        <Icon name="warning" />
        <span class="banner-words">{words('draft.stale')}</span>
        <span class="banner-buttons">
          <Button onPress={() => void control.insist(known)}>{words('draft.insist')}</Button>
          <Button onPress={() => control.takeBack(known)}>{words('draft.take')}</Button>
        </span>
        <div class="draft-other">
          <p class="muted">{words('draft.other')}</p>
          <ReadText
            text={start}
            code={draft.as !== 'text'}
            field={field}
            label={words('draft.other')}
          />
        </div>
      </div>
    );
  }
  if (refusal !== undefined) {
    return (
      <div class="form-problem" id={id} role="alert">
        <Icon name="warning" /> <Data text={refusal} />{' '}
        {refusal === words('need.json') && draft.as === 'json' ? (
          <button type="button" class="link" onClick={() => void control.writeAsText(known)}>
            {words('draft.asText')}
          </button>
        ) : (
          <button type="button" class="link" onClick={() => void control.write(known)}>
            {words('lost.again')}
          </button>
        )}
      </div>
    );
  }
  return (
    <p class="field-typed muted" id={id}>
      {words('draft.typed')} <kbd aria-hidden="true">{capOf('Ctrl+Enter')}</kbd>
    </p>
  );
}
