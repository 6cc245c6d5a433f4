import type { JSX } from 'preact';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import { courseBars, courseNotes, courseTitle } from '../../src/shared/pictures/boardPictures.ts';
import { Bars } from './bars.tsx';
import { Section } from './section.tsx';
import { useBoardWords } from './words.ts';

/** What became of the training questions over the rounds. */
export function Courses({ state }: { readonly state: DashboardState }): JSX.Element {
  const words = useBoardWords();
  const { trajectories } = state;
  const bars = courseBars(trajectories, words);
  const of = bars.reduce((sum, { value }) => sum + value, 0);
  return (
    <Section id="course" title={words('course.title')}>
      {of === 0 ? (
        <p class="muted">{words('course.none')}</p>
      ) : (
        <>
          <Bars
            id="course"
            title={courseTitle(trajectories, words)}
            note={`n = ${words.count(of)}`}
            bars={bars}
            of={of}
          />
          {courseNotes(trajectories, words).map((text) => (
            <p key={text} class="muted small">
              {text}
            </p>
          ))}
        </>
      )}
    </Section>
  );
}
