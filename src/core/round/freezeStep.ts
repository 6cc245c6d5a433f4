import { AppError } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { sha256Json } from '../hash.ts';
import { graderOf } from '../grading/gradeAnswer.ts';
import { promptFormOf } from '../exam/promptForm.ts';
import { gateRationale } from '../teaching/gate.ts';
import { cursorOf, decisionsUpTo, foldRead } from './curationUpTo.ts';
import { trainQuestions } from './exam.ts';
import { freezeRound, freezeWarnings, type Frozen } from './freeze.ts';
import { markWarnings } from './marks.ts';
import { gradedTrainAttempts } from './gradedTrain.ts';
import { opinionWarnings } from './opinionWarnings.ts';
import type { LoopPorts } from './ports.ts';
import { reduceRound, type RoundState } from './state.ts';
import type { RoundStore } from './store.ts';
import type { Curation } from '../curation/curation.ts';

type FreezePorts = Pick<LoopPorts, 'store' | 'clock'>;

/** What a freeze would write now. */
export async function assembleFrozen(
  store: RoundStore,
  round: number,
  curation: Curation,
): Promise<Frozen> {
  const { training, curation: limits, gate } = store.project;
  const from = training.accumulate ? 0 : round;
  const rounds = [];
  for (let r = from; r <= round; r += 1) {
    rounds.push({
      round: r,
      items: await store.items(r),
      attempts: await gradedTrainAttempts(store, r, curation),
    });
  }
  return freezeRound({
    questions: await trainQuestions({ store }, curation),
    head: await store.head(),
    chat: store.project.chat,
    rounds,
    curation,
    checkFor: (question) => (rationale) =>
      gateRationale(rationale, {
        question: question.question,
        gold: question,
        limits: gate,
        existingTexts: [],
      }).length === 0,
    limits,
  });
}

/** Freezes a round once; a second call changes nothing. */
export async function freezeStep(ports: FreezePorts, initial: RoundState): Promise<RoundState> {
  const { store } = ports;
  const round = initial.round;
  const existing = await store.manifest(round);
  const manifest = existing ?? (await writeFrozen(ports, initial));
  const state = reduceRound(initial, { type: 'frozen', trainSha256: manifest.trainSha256 });
  await store.saveState(state);
  return state;
}

/** How often a set is made anew because somebody decides while it is made; then what came last is late, and said so. */
const MOST_TRIES = 5;

/** The set with every decision that is there when it is done: making one takes long enough for somebody to decide. */
async function assembleSettled(store: RoundStore, round: number) {
  for (let tries = 1; ; tries += 1) {
    const events = await decisionsUpTo(store, round);
    const curation = await foldRead(store, events);
    const frozen = await assembleFrozen(store, round, curation);
    const since = sha256Json(cursorOf(await decisionsUpTo(store, round)));
    if (tries === MOST_TRIES || since === sha256Json(cursorOf(events))) {
      return { ...frozen, events, curation };
    }
  }
}

async function writeFrozen(
  { store, clock }: FreezePorts,
  state: RoundState,
): ReturnType<RoundStore['freeze']> {
  const round = state.round;
  const { rows, coverage, events, curation } = await assembleSettled(store, round);
  if (rows.length === 0) {
    throw new AppError(
      'round.notReady',
      sentence`Round ${round} has no accepted rationale to train on.`,
      {
        hint: sentence`Ask the teacher (tailor teach) and accept items (tailor decide accept) first.`,
        detail: { uncovered: coverage.uncovered },
      },
    );
  }
  return store.freeze(round, rows, {
    v: 1,
    round,
    frozenAt: new Date(clock.now()).toISOString(),
    rows: rows.length,
    coverage,
    studentDigest: state.student.digest,
    examFingerprints: Object.fromEntries(
      Object.entries(state.exams).map(([set, { fingerprint }]) => [set, fingerprint]),
    ),
    examParity: Object.fromEntries(
      Object.entries(state.exams).flatMap(([set, { parity }]) => (parity ? [[set, parity]] : [])),
    ),
    teacher: {
      profile: state.teaching?.profile ?? 'none',
      programmatic: state.teaching?.programmatic ?? false,
    },
    promptForm: promptFormOf(store.project.chat),
    grader: graderOf(rows),
    decisions: { ...curation.counts },
    decidedUpTo: cursorOf(events),
    warnings: [
      ...freezeWarnings(coverage, store.project.training.objective.pair.kind),
      ...(await opinionWarnings(store, round, rows, curation)),
      ...markWarnings(state),
    ].map(String),
  });
}
