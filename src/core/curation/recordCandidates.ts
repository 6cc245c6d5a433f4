import type { ItemStatus } from '../../shared/reviewQueue.ts';
import type { CandidateView, Check, StepView } from '../../shared/reviewRecord.ts';
import { gradeAnswer } from '../grading/gradeAnswer.ts';
import { sha256Text } from '../hash.ts';
import { gateReasons, isTaught, type Candidate } from './candidates.ts';
import { gateChecks } from './checkSentences.ts';
import type { Curation } from './curation.ts';
import { opinionsOn } from './opinions.ts';
import { questionNow } from './questionText.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';
import type { CurationSay } from './say.ts';

/** A candidate as it is shown, its gate run afresh. */
export function candidateView(
  candidate: Candidate,
  item: ReviewItem,
  curation: Curation,
  steps: readonly StepView[],
  say: CurationSay,
): CandidateView {
  const { id, source, round, text, original, decision, item: made } = candidate;
  const now = questionNow(item.question, curation);
  const reasons = gateReasons(candidate, now, item.frame);
  const status = statusOfCandidate(candidate, item, curation);
  // The data's own rationales are taught by the project's setting, where nobody decided.
  const byRule = decision === undefined && status === 'accepted' ? 'rule' : null;
  const checks: Check[] = gateChecks(reasons, candidate.standing === 'by-person', say);
  if (candidate.stale) {
    const message = say('candidate.older');
    checks.push({ code: 'question-changed', level: 'warn', message });
  }
  if (made?.reasons.includes('duplicate')) {
    const message = say('candidate.duplicate');
    checks.push({ code: 'duplicate', level: 'info', message });
  }
  return {
    id,
    source,
    round,
    rationale: text,
    original,
    steps: [...steps],
    answer: gradeAnswer(text, now).value,
    status,
    by: decision?.by ?? byRule,
    checks,
    passes: reasons.length === 0,
    why: made?.why ?? null,
    firstErrorStep: made?.firstErrorStep ?? null,
    errorKind: made?.errorKind ?? null,
    aboutSample: aboutSample(candidate, item, curation),
    programmatic: made?.flags.includes('programmatic') ?? false,
    hinted: made?.flags.includes('hinted') ?? false,
    opinions: opinionsOn(candidate, item, curation).map(
      ({ profile, programmatic: isProgram, score, reason }) => ({
        by: profile,
        programmatic: isProgram,
        score,
        reason,
      }),
    ),
  };
}

function statusOfCandidate(candidate: Candidate, item: ReviewItem, curation: Curation): ItemStatus {
  const { decision, source, original } = candidate;
  if (decision?.status === 'rejected') return 'rejected';
  if (!isTaught(candidate, item, curation)) return 'todo';
  return source === 'human' || original !== null ? 'edited' : 'accepted';
}

/** The sample of this round that the feedback is about; null for another round's. */
function aboutSample({ item: made }: Candidate, item: ReviewItem, curation: Curation) {
  const about = made?.about;
  if (!about) return null;
  const found = attemptsNow(item, curation).find(
    ({ attempt }) =>
      attempt.sample === about.sample &&
      attempt.fingerprint === about.fingerprint &&
      sha256Text(attempt.text) === about.textHash,
  );
  return found ? about.sample : null;
}
