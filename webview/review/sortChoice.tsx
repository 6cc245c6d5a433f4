import type { JSX } from 'preact';
import { sortSchema } from '../../src/shared/reviewQueue.ts';
import { Select } from '../kit/choice.tsx';
import { useControl, usePart, useTexts } from './app.tsx';

/** In which order; in a narrow view it is in the filter panel. */
export function SortChoice({ class: className }: { readonly class: string }): JSX.Element {
  const sort = usePart((state) => state.sort);
  const t = useTexts();
  const control = useControl();
  return (
    <Select
      class={className}
      label={t('sort')}
      value={sort}
      options={sortSchema.options.map((value) => ({ value, label: t(`sort.${value}`) }))}
      onValue={(value) => {
        const chosen = sortSchema.safeParse(value);
        if (chosen.success) void control.list(control.state.filter, chosen.data);
      }}
    />
  );
}
