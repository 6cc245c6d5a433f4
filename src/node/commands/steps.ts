import { AppError } from '../../core/errors.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import type { TeachingPurpose } from '../../core/teaching/records.ts';
import type { Manifest } from '../../core/round/frozen.ts';
import { doubtsOf } from '../../core/round/doubts.ts';
import { decisionsUpTo, foldRead } from '../../core/round/curationUpTo.ts';
import { freezeWarnings } from '../../core/round/freeze.ts';
import { markWarnings } from '../../core/round/marks.ts';
import { opinionsUpTo } from '../../core/round/opinionItems.ts';
import { opinionWarnings } from '../../core/round/opinionWarnings.ts';
import { countLate, lateSentence } from '../../core/round/lateDecisions.ts';
import { runRounds, runStep } from '../../core/round/runRounds.ts';
import { examSets } from '../../core/round/state.ts';
import { summarise } from '../../core/round/summary.ts';
import { checkLines } from '../../core/round/checkLines.ts';
import type { Session } from '../session/session.ts';
import { roundsTable } from '../terminal/roundsTable.ts';
import { formatRate } from '../../core/round/statistics.ts';
import { doubtLine } from './audit.ts';
import { lookAtTest, refuseUnmeantTest } from './lookAtTest.ts';
import { refuseAfterLast, refuseBeforeExam } from './lastRound.ts';
import { currentState, withLoop, type CommandContext, type CommandResult } from './context.ts';

export interface RoundOption {
  readonly round?: number;
}

/** `tailor exam`: sits whatever is missing of a round's exam. */
export function exam(
  context: CommandContext,
  options: RoundOption & { readonly set?: readonly string[]; readonly look?: boolean },
): Promise<CommandResult> {
  refuseUnmeantTest(options);
  if (options.look === true) return lookAtTest(context, options);
  return withLoop(context, async (ports, session) => {
    const state = await currentState(ports, session, options.round);
    const extra = Object.keys(session.store.project.data.extra);
    const sets = options.set ?? examSets(extra, state.round >= session.rounds);
    for (const set of sets) session.store.dataPath(set);
    const after = await runStep(ports, state, 'exam', sets);
    const summary = (await summarise(session.store)).find(({ round }) => round === state.round);
    const lines = (summary?.results ?? []).map(
      ({ set, accuracy }) => sentence`${set}: ${formatRate(accuracy)}`,
    );
    const doubts = await doubtsOf(session.store, state.round);
    const open = doubts.filter(({ settled }) => settled === 'open').length;
    const byRule = doubts.filter((one) => one.byRule).length;
    const line = doubtLine(doubts);
    if (line !== null) lines.push(line);
    lines.push(...checkLines(state.round, after));
    return {
      text: joined([sentence`Exam of round ${state.round}`, ...lines], '\n'),
      json: {
        round: state.round,
        results: summary?.results,
        audit: after.audit,
        doubts: { open, settledByRule: byRule },
      },
    };
  });
}

/** `tailor teach [annotate|feedback]`: asks the teacher about whatever it has not answered yet. */
export function teach(
  context: CommandContext,
  purpose: TeachingPurpose | undefined,
  options: RoundOption,
): Promise<CommandResult> {
  return withLoop(context, async (ports, session) => {
    const state = await currentState(ports, session, options.round);
    refuseAfterLast(session, { round: state.round, state, named: options.round });
    requireExam(state.exams['train'], state.round);
    if (state.frozen) throw frozenAlready(state.round);
    const after = await runStep(ports, state, 'teach', [], purpose ? { purpose } : {});
    const taught = after.teaching;
    const spent = await session.store.spending(state.round);
    const profile = taught?.profile ?? sentence`The teacher`;
    const who = taught?.programmatic === true ? sentence`${profile} (programmatic)` : profile;
    const tokens = spent.promptTokens + spent.completionTokens;
    return {
      text: joined([
        sentence`${who} answered about ${taught?.questions ?? 0} questions: ${taught?.accepted ?? 0} rationales passed the gate, ${taught?.humanQueue ?? 0} questions wait for a person.`,
        sentence`${spent.requests} calls, ${tokens} tokens in this round.`,
      ]),
      json: { round: state.round, teaching: taught, spending: spent },
    };
  });
}

/** `tailor freeze`: makes the round's training set immutable. */
export function freeze(context: CommandContext, options: RoundOption): Promise<CommandResult> {
  return withLoop(context, async (ports, session) => {
    const state = await currentState(ports, session, options.round);
    refuseAfterLast(session, { round: state.round, state, named: options.round });
    requireExam(state.exams['train'], state.round);
    if (state.frozen) throw frozenAlready(state.round);
    await runStep(ports, state, 'freeze', []);
    const manifest = await session.store.manifest(state.round);
    const { coverage, trainSha256 } = manifest ?? {};
    // Made again from the same figures: the manifest keeps them in English.
    const pairKind = session.store.project.training.objective.pair.kind;
    const warnings = [
      ...(coverage ? freezeWarnings(coverage, pairKind) : []),
      ...(await objections(session, state.round, manifest)),
    ];
    const decided = await session.store.decisions(state.round);
    const count = countLate(state.round, decided, manifest?.decidedUpTo);
    const late = lateSentence(state.round, count);
    return {
      text: joined(
        [
          sentence`Round ${state.round} is frozen: ${coverage?.positives ?? 0} rationales for ${coverage?.withRationale ?? 0} of ${coverage?.questions ?? 0} questions, ${coverage?.withPair ?? 0} with a reflection pair.`,
          ...warnings,
          ...markWarnings(state),
          ...(late === null ? [] : [late]),
          sentence`SHA-256 of rounds/${state.round}/train.jsonl: ${trainSha256 ?? ''}`,
        ],
        '\n',
      ),
      json: manifest,
    };
  });
}

/** What second opinions say against a round's rows, as its manifest says it. */
async function objections(
  { store }: Session,
  round: number,
  manifest: Manifest | null,
): Promise<Sentence[]> {
  // A frozen set is large: without an opinion nothing of it is read again.
  if ((await opinionsUpTo(store, round)).length === 0) return [];
  const rows = await store.frozenRows(round);
  const events = await decisionsUpTo(store, round, manifest?.decidedUpTo);
  return opinionWarnings(store, round, rows, await foldRead(store, events));
}

/** `tailor train`: starts, follows or resumes the training of a frozen round; with `fresh`, begins another run of it. */
export function train(
  context: CommandContext,
  options: RoundOption & { readonly fresh?: boolean },
): Promise<CommandResult> {
  return withLoop(context, async (ports, session) => {
    const state = await currentState(ports, session, options.round);
    const place = { round: state.round, state, named: options.round };
    refuseAfterLast(session, place);
    refuseBeforeExam(session, place);
    const fresh = options.fresh === true;
    const after = await runStep(ports, state, 'train', [], { fresh });
    const student = after.training?.student;
    return {
      text: joined(
        [
          sentence`Round ${state.round} trained ${student?.path ?? ''}.`,
          sentence`The next exam: tailor exam --round ${state.round + 1}`,
        ],
        '\n',
      ),
      json: { round: state.round, training: after.training },
    };
  });
}

/** `tailor round`: every unfinished step of every round, then the table. */
export function round(context: CommandContext): Promise<CommandResult> {
  return withLoop(context, async (ports, session) => {
    await runRounds(ports, session.rounds, (of, step) => context.log.info(`Round ${of}: ${step}`));
    const summaries = await summarise(session.store);
    const where = sentence`Everything lies in ${session.root}: rounds/N holds each round, models/ the students.`;
    return { text: joined([roundsTable(summaries), where], '\n\n'), json: summaries };
  });
}

/** Refuses to teach or freeze what has not been examined. */
export function requireExam(exam: unknown, round: number): void {
  if (exam !== undefined) return;
  throw new AppError(
    'round.notReady',
    sentence`Round ${round} has had no exam on its training questions.`,
    {
      hint: sentence`Run it first: tailor exam --round ${round}.`,
    },
  );
}

/** A frozen round takes nothing more. */
export function frozenAlready(round: number): AppError {
  return new AppError(
    'round.frozen',
    sentence`Round ${round} is frozen; nothing can be added to it.`,
    {
      hint: sentence`Go on with tailor train; what is taught or decided now counts for the next round.`,
    },
  );
}
