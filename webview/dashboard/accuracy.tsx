import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import type { DashboardWords } from '../../src/shared/dashboardWords.ts';
import { accuracyPicture } from '../../src/shared/pictures/accuracy.ts';
import type { AccuracySet } from '../../src/shared/pictures/accuracySet.ts';
import { accuracySets } from '../../src/shared/pictures/boardPictures.ts';
import type { Frame } from '../../src/shared/pictures/picture.ts';
import { visibleText } from '../kit/visible.ts';
import { Figure } from '../kit/figure.tsx';
import { useBoard } from './context.ts';
import { SavePicture } from './savePicture.tsx';
import { Section } from './section.tsx';
import { useBoardWords } from './words.ts';

/** How accurate the student is by round: on questions it is not trained on, and apart from them on those it is. */
export function Accuracy({ state }: { readonly state: DashboardState }): JSX.Element {
  const words = useBoardWords();
  const sets = accuracySets(state).map((set) => ({ ...set, name: visibleText(set.name) }));
  const train = sets.filter(({ role }) => role === 'train');
  const unseen = sets.filter(({ role }) => role !== 'train');
  return (
    <Section id="accuracy" title={words('accuracy.title')}>
      <AccuracyFigure id="accuracy" title={words('accuracy.unseen')} sets={unseen} />
      {train.length === 0 ? null : (
        <AccuracyFigure id="accuracy-train" title={words('accuracy.train')} sets={train} low />
      )}
      <p class="muted small">{words('accuracy.note')}</p>
    </Section>
  );
}

interface AccuracyFigureProps {
  readonly id: string;
  readonly title: string;
  readonly sets: readonly AccuracySet[];
  readonly low?: boolean;
}

function AccuracyFigure({ id, title, sets, low = false }: AccuracyFigureProps): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const known = JSON.stringify(sets);
  const draw = useCallback(
    (frame: Frame) => accuracyPicture(sets, { ...frame, words, height: low ? 160 : 240 }),
    [known, words],
  );
  if (sets.length === 0) {
    return (
      <div>
        <h3>{title}</h3>
        <p class="muted">{words('accuracy.none')}</p>
      </div>
    );
  }
  const train = board.trainingWords.value;
  return (
    <Figure
      id={id}
      title={title}
      draw={draw}
      asTable={board.look.value.tables.includes(id)}
      onToggle={() => board.toggleTable(id)}
      texts={{ table: train('table'), chart: train('chart') }}
      tools={<SavePicture name={id} title={title} draw={draw} note={noteOn(sets, words)} />}
    />
  );
}

/** How many questions each set's newest exam had. */
function noteOn(sets: readonly AccuracySet[], words: DashboardWords): string {
  const counts = sets.map(({ name, points }) =>
    words('picture.count', name, words.count(points.at(-1)?.accuracy.n ?? 0)),
  );
  return words('picture.note', counts.join(', '));
}
