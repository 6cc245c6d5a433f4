import type { JSX } from 'preact';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { Radio } from '../kit/choice.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { Aside } from './aside.tsx';
import { AskedAgain } from './askedAgain.tsx';
import { WordDiffs } from './compare.tsx';
import { DecideBar } from './decideBar.tsx';
import { Disagreements } from './disagreements.tsx';
import { QuestionCard } from './question.tsx';
import { MODES, shownAttempt, shownCandidate, shownRecord } from './state.ts';
import { Student } from './student.tsx';
import { Teacher } from './teacher.tsx';

/** One item, whole: question, the student's attempts beside what may be taught, and the decisions on both. */
export function Detail(): JSX.Element {
  const record = usePart(shownRecord);
  const behind = usePart(({ selected, shown }) => shown !== null && selected !== shown);
  const t = useTexts();
  if (!record) {
    return (
      <div class="detail" aria-busy="true">
        <div class="detail-scroll">
          <span class="skeleton-text" />
          <span class="skeleton-text" />
          <span class="skeleton-text skeleton-short" />
        </div>
      </div>
    );
  }
  return (
    <div class={`detail ${behind ? 'detail-behind' : ''}`} aria-busy={behind}>
      <div
        class="detail-scroll"
        data-region="detail"
        role="region"
        tabIndex={0}
        aria-label={t('detail', { id: record.row.id })}
        key={record.row.id}
      >
        <div class="detail-main">
          <QuestionCard record={record} />
          <Disagreements record={record} />
          <ModeChoice />
          <Texts record={record} />
          <AskedAgain record={record} />
        </div>
        <Aside record={record} />
      </div>
      <DecideBar record={record} />
    </div>
  );
}

function ModeChoice(): JSX.Element {
  const mode = usePart((state) => state.mode);
  const t = useTexts();
  const { store } = useControl();
  return (
    <div class="modes">
      <Radio
        label={t('modes')}
        value={mode}
        options={MODES.map((one) => ({ value: one, label: t(`mode.${one}`) }))}
        onValue={(value) => {
          const chosen = MODES.find((one) => one === value);
          if (chosen) store.dispatch({ type: 'mode', mode: chosen });
        }}
      />
      <kbd aria-hidden="true">d</kbd>
    </div>
  );
}

function Texts({ record }: { readonly record: ReviewRecord }): JSX.Element {
  const mode = usePart((state) => state.mode);
  const attempt = usePart(shownAttempt);
  const candidate = usePart(shownCandidate);
  const editing = usePart(({ form }) => form?.kind === 'edit' || form?.kind === 'write');
  if (mode === 'diff' && !editing) return <WordDiffs attempt={attempt} candidate={candidate} />;
  const rows = Math.max(attempt?.steps.length ?? 0, candidate?.steps.length ?? 0, 1);
  return (
    <div
      class={editing ? 'texts texts-edited' : 'texts'}
      style={editing ? {} : { gridTemplateRows: `auto repeat(${rows}, auto) 1fr` }}
    >
      <Student record={record} rows={rows} />
      <Teacher record={record} rows={rows} />
    </div>
  );
}
