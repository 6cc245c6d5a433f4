import {
  freezePreview,
  type FreezePreview,
  type SetPreview,
} from '../../core/round/freezePreview.ts';
import { sourceSchema, type Source } from '../../core/round/frozen.ts';
import { GATE_RULE } from '../../core/round/gateRule.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import { frozenAlready, requireExam, type RoundOption } from './steps.ts';

/** `tailor freeze --preview`: what freezing now would train on; nothing is written. */
export function previewFreeze(
  context: CommandContext,
  options: RoundOption,
): Promise<CommandResult & { readonly json: FreezePreview }> {
  return withSession(context, async (session) => {
    const round = await currentRound(session, options.round);
    const state = await session.store.state(round);
    requireExam(state?.exams['train'], round);
    if (state?.frozen) throw frozenAlready(round);
    const preview = await freezePreview(session.store, round);
    const { undecided, byPerson, byRule, warnings, afterRule } = preview;
    const lines = [
      `Round ${round} would train on ${setOf(preview)}.`,
      `Decided by a person: ${byPerson}; by a rule: ${byRule}; no decision: ${undecided}.`,
      ...warnings,
      ...(afterRule
        ? [`After tailor decide accept --rule ${GATE_RULE} it would be ${setOf(afterRule)}.`]
        : []),
    ];
    return { text: lines.join('\n'), json: preview };
  });
}

function setOf({ items, coverage }: SetPreview): string {
  const sources = sourceSchema.options.flatMap((source) =>
    coverage.bySource[source] > 0 ? [`${SOURCES[source]}: ${coverage.bySource[source]}`] : [],
  );
  return `${items} of ${coverage.questions} questions: ${coverage.positives} rationales (${sources.join('; ')}), ${coverage.withPair} questions with a reflection pair`;
}

const SOURCES: Readonly<Record<Source, string>> = {
  teacher: 'teacher',
  feedback: 'teacher, after a mistake',
  self: "student's own right attempts",
  dataset: 'data set',
  human: 'a person',
};
