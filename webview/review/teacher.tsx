import { Fragment, type JSX } from 'preact';
import type { CandidateView, ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { answerWords } from '../../src/shared/reviewChoices.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { visibleText } from '../kit/visible.ts';
import { useCap, useControl, usePart, useTexts } from './app.tsx';
import { FoldedChecks } from './checks.tsx';
import { FormCard } from './formCard.tsx';
import { STATUS_ICONS } from './row.tsx';
import { shownCandidate } from './state.ts';
import { Steps } from './steps.tsx';
import { errorName } from './student.tsx';

/** The rationales that may be taught: one of them on screen, the others a key away. */
export function Teacher({
  record,
  rows,
}: {
  readonly record: ReviewRecord;
  readonly rows: number;
}): JSX.Element {
  const candidate = usePart(shownCandidate);
  const editing = usePart(({ form }) => form?.kind === 'edit' || form?.kind === 'write');
  const mode = usePart((state) => state.mode);
  const writable = usePart((state) => state.snapshot?.writable ?? false);
  const t = useTexts();
  const control = useControl();
  return (
    <section class="side side-teacher" aria-label={t('teacher')}>
      <div class="side-head">
        <h2 class="side-title">
          {candidate?.source === 'human' || candidate?.source === 'dataset'
            ? t(`source.title.${candidate.source}`)
            : t('teacher')}
        </h2>
        {candidate ? <Reaches candidate={candidate} record={record} /> : null}
        <span class="grow" />
        <Tabs record={record} />
      </div>
      {editing ? (
        <FormCard kinds={['edit', 'write']} />
      ) : candidate ? (
        <>
          {mode === 'side' || candidate.steps.length === 0 ? (
            <p class="text side-text">
              <Data text={candidate.rationale} />
            </p>
          ) : (
            <Steps steps={candidate.steps} rows={rows} label={t('teacher.steps')} />
          )}
          <div class="side-foot">
            <About candidate={candidate} />
            <Opinions candidate={candidate} />
            <FoldedChecks checks={candidate.checks} />
            {writable ? <Choice record={record} candidate={candidate} /> : null}
          </div>
        </>
      ) : (
        <div class="empty-note">
          <p>{t('teacher.none')}</p>
          <p class="side-tools" hidden={!writable}>
            <Button icon="again" keyCap="r" onPress={() => control.act('ask')}>
              {t('act.ask.first')}
            </Button>
            <Button icon="write" keyCap="w" onPress={() => control.act('write')}>
              {t('act.write')}
            </Button>
          </p>
        </div>
      )}
    </section>
  );
}

function Reaches({
  candidate,
  record,
}: {
  readonly candidate: CandidateView;
  readonly record: ReviewRecord;
}): JSX.Element {
  const t = useTexts();
  const { gold } = record;
  const { answer } = candidate;
  const fails = candidate.checks.some(({ level }) => level === 'bad');
  const words = fails || !candidate.passes ? t('candidate.fails') : t('candidate.passes');
  return (
    <span class={`answer-tag ${candidate.passes ? 'answer-tag-right' : 'answer-tag-wrong'}`}>
      <Icon name={candidate.passes ? 'check' : 'cross'} label={words} />
      <span>
        <Data text={answer === null ? t('answer.none') : answerWords(record, answer)} />
      </span>
      {answer !== null && answer !== gold && !candidate.passes ? (
        <span class="muted">
          ≠ <Data text={answerWords(record, gold)} />
        </span>
      ) : null}
    </span>
  );
}

function Tabs({ record }: { readonly record: ReviewRecord }): JSX.Element | null {
  const index = usePart((state) => state.candidate);
  const t = useTexts();
  const { store } = useControl();
  const { candidates } = record;
  if (candidates.length < 2) return null;
  return (
    <div class="tabs" role="group" aria-label={t('candidates')}>
      {candidates.map((candidate, place) => {
        const { id, status, source, passes } = candidate;
        const name = t('candidate.name', {
          n: place + 1,
          source: t(`source.${source}`),
          status: t(`status.${status}`),
        });
        return (
          <button
            type="button"
            class={`tab ${passes ? '' : 'tab-fails'}`}
            key={id}
            aria-pressed={place === index}
            aria-label={passes ? name : `${name}, ${t('candidate.fails')}`}
            title={visibleText(name)}
            onClick={() => store.dispatch({ type: 'candidate', index: place })}
          >
            {place + 1}
            {status === 'todo' ? null : <Icon name={STATUS_ICONS[status]} />}
            {status === 'todo' && !passes ? <Icon name="warning" /> : null}
          </button>
        );
      })}
    </div>
  );
}

/** Where the text comes from, and what the teacher says to the student's mistake. */
function About({ candidate }: { readonly candidate: CandidateView }): JSX.Element {
  const t = useTexts();
  const { source, round, programmatic, hinted, why, firstErrorStep, errorKind, original } =
    candidate;
  const about = [
    t(`source.${source}`),
    t('round', { n: round }),
    programmatic ? t('candidate.programmatic') : null,
    hinted ? t('candidate.hinted') : null,
    original === null ? null : t('candidate.edited'),
  ].filter((part) => part !== null);
  return (
    <>
      {why === null && firstErrorStep === null ? null : (
        <blockquote class="why">
          <p class="why-head">
            {firstErrorStep === null
              ? t('teacher.says')
              : t('teacher.saysStep', {
                  n: firstErrorStep,
                  kind: errorName(errorKind ?? 'unknown', t),
                })}
          </p>
          {why === null ? null : (
            <p class="text">
              <Data text={why} />
            </p>
          )}
        </blockquote>
      )}
      <p class="side-about muted">{about.join(' · ')}</p>
    </>
  );
}

/** What teachers say of this text, who did not know who wrote it. It decides nothing. */
function Opinions({ candidate: { opinions } }: { readonly candidate: CandidateView }) {
  const t = useTexts();
  if (opinions.length === 0) return null;
  return (
    <blockquote class="why opinions" aria-label={t('opinion.title')}>
      {opinions.map(({ by, programmatic, score, reason }, place) => (
        <Fragment key={place}>
          <p class="why-head">
            {t('opinion.title')} ·{' '}
            <Data
              text={t('opinion.score', {
                by: programmatic ? t('candidate.programmatic') : by,
                score,
              })}
            />
          </p>
          <p class="text">
            <Data text={reason} />
          </p>
        </Fragment>
      ))}
    </blockquote>
  );
}

interface ChoiceProps {
  readonly record: ReviewRecord;
  readonly candidate: CandidateView;
}

const isTaken = ({ status }: CandidateView): boolean =>
  status === 'accepted' || status === 'edited';

/** Several candidates: all that pass are taught unless one is picked or dropped. Of each a teacher's opinion can be asked. */
function Choice({ record, candidate }: ChoiceProps): JSX.Element {
  const t = useTexts();
  const control = useControl();
  const cap = useCap();
  const take = record.candidates.some(isTaken) ? 'candidate.takeToo' : 'candidate.take';
  return (
    <p class="side-tools">
      {record.candidates.length > 1 ? (
        <>
          <Link keyCap={cap('c')} onPress={() => control.act('only-this')}>
            {t('candidate.only')}
          </Link>
          <Link keyCap={cap('t')} onPress={() => control.act('toggle-candidate')}>
            {t(isTaken(candidate) ? 'candidate.drop' : take)}
          </Link>
        </>
      ) : null}
      <Link onPress={() => control.act('opinion')}>{t('act.opinion')}</Link>
    </p>
  );
}
