import type { JSX } from 'preact';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import { Button } from '../kit/button.tsx';
import { useBoard } from './context.ts';
import { Section } from './section.tsx';
import { useBoardWords } from './words.ts';

/** How often the test set was looked at, and the one way to look again. */
export function TestLooks({ state }: { readonly state: DashboardState }): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const { testLooks } = state;
  return (
    <Section id="test" title={words('test.title')}>
      {testLooks === null ? (
        <p class="muted">{words('test.none')}</p>
      ) : (
        <>
          <p>
            <strong>{lookedAt(testLooks, words)}</strong>
          </p>
          <p class="muted small">{words('test.note')}</p>
          <p>
            <Button onPress={() => void board.run('look-at-test')}>{words('test.look')}</Button>
          </p>
        </>
      )}
    </Section>
  );
}

function lookedAt(
  { times, last }: NonNullable<DashboardState['testLooks']>,
  words: ReturnType<typeof useBoardWords>,
): string {
  if (times === 0) return words('test.never');
  const day = last === null ? words('unknown') : words.day(last);
  return times === 1 ? words('test.once', day) : words('test.times', words.count(times), day);
}
