import type { ComponentChildren, JSX } from 'preact';
import type { DatasetState } from '../../src/shared/datasetContract.ts';
import { NO_DATASET_FILTER } from '../../src/shared/datasetContract.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Icon, type IconName } from '../kit/icon.tsx';
import { useControl, usePart, useWords } from './app.tsx';

/** What a person should know about the whole file, a line each, with what to do about it. */
export function Banners(): JSX.Element | null {
  const doc = usePart((state) => state.doc);
  const notice = usePart((state) => state.notice);
  const hidden = usePart((state) => state.hidden);
  const words = useWords();
  if (
    !doc ||
    (doc.conflict === null && doc.readOnly === null && notice === null && hidden === null)
  )
    return null;
  return (
    <div class="notices">
      <Conflict doc={doc} />
      {doc.readOnly === null ? null : (
        <Banner icon="lock">
          <Data text={words('readOnly', doc.readOnly)} />
        </Banner>
      )}
      <Hidden />
      <Notice />
    </div>
  );
}

interface BannerProps {
  readonly icon: IconName;
  readonly warning?: boolean;
  readonly children: ComponentChildren;
  readonly buttons?: ComponentChildren;
}

function Banner({ icon, warning = false, children, buttons }: BannerProps): JSX.Element {
  return (
    <div class={`banner ${warning ? 'banner-warning' : 'banner-info'}`}>
      <Icon name={icon} />
      <span class="banner-words">{children}</span>
      {buttons}
    </div>
  );
}

/** The file is another one on disk; no answer loses anything unsaid. */
function Conflict({ doc }: { readonly doc: DatasetState }): JSX.Element | null {
  const words = useWords();
  const control = useControl();
  const { conflict, dirty } = doc;
  if (conflict === null) return null;
  const settle = (how: 'reload' | 'keep' | 'compare') => (): void => {
    void control.quietly(() => control.client.request('settle', { how }));
  };
  const changed = conflict === 'changed';
  return (
    <Banner
      icon="warning"
      warning
      buttons={
        <span class="banner-buttons" role="group" aria-label={words('file')}>
          {changed ? (
            <Button onPress={settle('reload')}>
              {words(dirty ? 'conflict.reload.dirty' : 'conflict.reload')}
            </Button>
          ) : null}
          <Button onPress={settle('keep')}>{words('conflict.keep')}</Button>
          {changed ? (
            <Button icon="compare" onPress={settle('compare')}>
              {words('conflict.compare')}
            </Button>
          ) : null}
        </span>
      }
    >
      {words(changed && dirty ? 'conflict.changed.dirty' : `conflict.${conflict}`)}
    </Banner>
  );
}

function Hidden(): JSX.Element | null {
  const hidden = usePart((state) => state.hidden);
  const words = useWords();
  const control = useControl();
  if (hidden === null) return null;
  return (
    <Banner
      icon="info"
      buttons={
        <Button
          onPress={() => {
            void control.filter(NO_DATASET_FILTER).then(() => control.show(hidden.key));
          }}
        >
          {words('hidden.show')}
        </Button>
      }
    >
      {hidden.line === null ? words('hidden') : words('hidden.line', hidden.line)}
    </Banner>
  );
}

function Notice(): JSX.Element | null {
  const notice = usePart((state) => state.notice);
  const words = useWords();
  const { store } = useControl();
  if (notice === null) return null;
  return (
    <Banner
      icon="warning"
      warning
      buttons={
        <Button
          kind="icon"
          icon="cross"
          label={words('notice.hide')}
          onPress={() => store.dispatch({ type: 'notice', text: null })}
        />
      }
    >
      <Data text={notice} />
    </Banner>
  );
}
