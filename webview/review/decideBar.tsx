import type { JSX } from 'preact';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { Button } from '../kit/button.tsx';
import { useCap, useControl, usePart, useTexts } from './app.tsx';
import { acceptable } from './decide.ts';
import { FormCard } from './formCard.tsx';
import { hasDraft } from './state.ts';

/** The decisions on the item, each with its key. */
export function DecideBar({ record }: { readonly record: ReviewRecord }): JSX.Element {
  const snapshot = usePart((state) => state.snapshot);
  const edited = usePart((state) => hasDraft(state, 'edit'));
  const written = usePart((state) => hasDraft(state, 'write'));
  const asking = usePart((state) => state.asking.has(record.row.id));
  const t = useTexts();
  const control = useControl();
  const writable = snapshot?.writable ?? false;
  const why = writable ? undefined : (snapshot?.reason ?? t('say.readOnly'));
  const good = acceptable(record).length;
  const none = record.candidates.length === 0;
  const acceptTitle = none
    ? t('say.noCandidate')
    : good > 1
      ? t('act.acceptAll.title', { n: good })
      : undefined;
  const cap = useCap();
  return (
    <div class="decide" data-region="actions" role="region" aria-label={t('actions')}>
      <FormCard kinds={['ask', 'reject', 'override']} />
      <div class="decide-buttons">
        <Button
          kind="primary"
          icon="check"
          keyCap={cap('a')}
          disabled={!writable || none}
          title={why ?? acceptTitle}
          onPress={() => control.act('accept')}
        >
          {good > 2
            ? t('act.acceptAll', { n: good })
            : t(good === 2 ? 'act.acceptBoth' : 'act.accept')}
        </Button>
        <Button
          icon="cross"
          keyCap={cap('x')}
          disabled={!writable}
          title={why ?? (none ? t('act.leaveOut.title') : undefined)}
          onPress={() => control.act('reject')}
        >
          {t('act.reject')}
        </Button>
        <Button
          icon="pencil"
          keyCap={cap('e')}
          disabled={!writable}
          title={why ?? (edited ? t('draft') : undefined)}
          onPress={() => control.act('edit')}
        >
          {edited ? t('act.editDraft') : t('act.edit')}
        </Button>
        <Button
          icon="again"
          keyCap={cap('r')}
          disabled={!writable || snapshot?.canAsk !== true || asking}
          title={why ?? (snapshot?.canAsk === true ? undefined : t('say.cannotAsk'))}
          onPress={() => control.act('ask')}
        >
          {t('act.ask')}
        </Button>
        <Button
          icon="write"
          keyCap={cap('w')}
          disabled={!writable}
          title={why ?? (written ? t('draft') : undefined)}
          onPress={() => control.act('write')}
        >
          {written ? t('act.writeDraft') : t('act.write')}
        </Button>
        <Button icon="skip" keyCap={cap('s')} onPress={() => control.act('skip')}>
          {t('act.skip')}
        </Button>
      </div>
    </div>
  );
}
