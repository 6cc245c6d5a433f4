import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { AttemptView, CandidateView } from '../../src/shared/reviewRecord.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { useControl, useTexts } from './app.tsx';
import { open } from './perform.ts';
import { DIFF_SIMILARITY, wordDiff, type DiffPart } from './words.ts';

/** A person's edit against the teacher's text, then the student's text against the teacher's where that says anything. */
export function WordDiffs({
  attempt,
  candidate,
}: {
  readonly attempt: AttemptView | null;
  readonly candidate: CandidateView | null;
}): JSX.Element {
  const t = useTexts();
  const control = useControl();
  if (!candidate) return <p class="empty-note">{t('diff.noCandidate')}</p>;
  return (
    <div class="diffs">
      {candidate.original === null ? null : (
        <section class="card" aria-label={t('diff.edit')}>
          <h2 class="card-title">{t('diff.edit')}</h2>
          <WordDiff before={candidate.original} after={candidate.rationale} always />
          <p class="card-tools">
            <Button icon="compare" onPress={() => open(control, 'my-edit')}>
              {t('openDiff')}
            </Button>
          </p>
        </section>
      )}
      {attempt ? (
        <section class="card" aria-label={t('diff.texts')}>
          <h2 class="card-title">{t('diff.texts')}</h2>
          <WordDiff before={attempt.text} after={candidate.rationale} />
          <p class="card-tools">
            <Button icon="compare" onPress={() => open(control, 'diff')}>
              {t('openDiff')}
            </Button>
          </p>
        </section>
      ) : null}
    </div>
  );
}

interface WordDiffProps {
  readonly before: string;
  readonly after: string;
  /** Also where the texts have little in common. */
  readonly always?: boolean;
}

function WordDiff({ before, after, always = false }: WordDiffProps): JSX.Element {
  const t = useTexts();
  const result = useMemo(() => wordDiff(before, after), [before, after]);
  if (!result) return <p class="empty-note">{t('diff.long')}</p>;
  if (!always && result.similarity < DIFF_SIMILARITY) {
    const share = Math.round(100 * result.similarity);
    return <p class="empty-note">{t('diff.unlike', { share })}</p>;
  }
  return (
    <p class="text diff">
      {result.parts.map((part, index) => (
        <Part key={index} part={part} />
      ))}
    </p>
  );
}

function Part({ part }: { readonly part: DiffPart }): JSX.Element {
  const t = useTexts();
  if (part.kind === 'same') return <Data text={part.text} />;
  const Tag = part.kind === 'removed' ? 'del' : 'ins';
  return (
    <Tag>
      <span class="only-read">{t(`diff.${part.kind}`)} </span>
      <Data text={part.text} />
    </Tag>
  );
}
