import type { JSX } from 'preact';
import { Select } from '../kit/choice.tsx';
import { TextField } from '../kit/field.tsx';
import { visibleText } from '../kit/visible.ts';
import { usePart, useTexts } from './app.tsx';
import { shownRecord } from './state.ts';

interface GoldFieldProps {
  readonly answer: string;
  readonly onAnswer: (answer: string) => void;
}

/** Where a gold answer is put right: one of the choices, yes or no, or a text of one's own. */
export function GoldField({ answer, onAnswer }: GoldFieldProps): JSX.Element {
  const kind = usePart((state) => shownRecord(state)?.kind);
  const choices = usePart((state) => shownRecord(state)?.choices);
  const t = useTexts();
  const options =
    kind === 'choice'
      ? (choices ?? []).map(({ letter, text }) => ({
          value: letter,
          label: visibleText(`(${letter}) ${text}`),
        }))
      : kind === 'yes-no'
        ? ['yes', 'no'].map((value) => ({ value, label: value }))
        : [];
  if (options.length === 0) {
    return <TextField autofocus label={t('field.gold')} value={answer} onValue={onAnswer} />;
  }
  return (
    <Select
      label={t(kind === 'choice' ? 'field.gold.choice' : 'field.gold')}
      class="gold-select"
      value={answer.toLowerCase()}
      options={options}
      onValue={onAnswer}
    />
  );
}
