import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import {
  freezePreview,
  type FreezePreview,
  type SetPreview,
} from '../../core/round/freezePreview.ts';
import { sourceSchema, type Source } from '../../core/round/frozen.ts';
import { GATE_RULE } from '../../core/round/gateRule.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import { refuseAfterLast } from './lastRound.ts';
import { frozenAlready, requireExam, type RoundOption } from './steps.ts';

/** `tailor freeze --preview`: what freezing now would train on; nothing is written. */
export function previewFreeze(
  context: CommandContext,
  options: RoundOption,
): Promise<CommandResult & { readonly json: FreezePreview }> {
  return withSession(context, async (session) => {
    const round = await currentRound(session, options.round);
    const state = await session.store.state(round);
    refuseAfterLast(session, { round, state, named: options.round });
    requireExam(state?.exams['train'], round);
    if (state?.frozen) throw frozenAlready(round);
    const preview = await freezePreview(session.store, round);
    const { undecided, byPerson, byRule, warnings, afterRule } = preview;
    const lines = [
      sentence`Round ${round} would train on ${setOf(preview)}.`,
      sentence`Decided by a person: ${byPerson}; by a rule: ${byRule}; no decision: ${undecided}.`,
      ...warnings,
      ...(afterRule
        ? [
            sentence`After tailor decide accept --rule ${GATE_RULE} it would be ${setOf(afterRule)}.`,
          ]
        : []),
    ];
    return { text: joined(lines, '\n'), json: preview };
  });
}

function setOf({ items, coverage }: SetPreview): Sentence {
  const sources = sourceSchema.options.flatMap((source) =>
    coverage.bySource[source] > 0
      ? [sentence`${SOURCES[source]}: ${coverage.bySource[source]}`]
      : [],
  );
  const { questions, positives, withPair } = coverage;
  const taught =
    sources.length === 0
      ? sentence`no rationale`
      : positives === 1
        ? sentence`1 rationale (${joined(sources, '; ')})`
        : sentence`${positives} rationales (${joined(sources, '; ')})`;
  const pairs =
    withPair === 1
      ? sentence`1 question with a reflection pair`
      : sentence`${withPair} questions with a reflection pair`;
  return joined([sentence`${items} of ${questions} questions: ${taught}`, pairs], ', ');
}

const SOURCES: Readonly<Record<Source, Sentence>> = {
  teacher: sentence`teacher`,
  feedback: sentence`teacher, after a mistake`,
  self: sentence`student's own right attempts`,
  dataset: sentence`data set`,
  human: sentence`a person`,
};
