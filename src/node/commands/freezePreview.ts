import { freezePreview, type FreezePreview } from '../../core/round/freezePreview.ts';
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
    const { items, coverage, undecided, byPerson, byRule, warnings } = preview;
    const lines = [
      `Round ${round} would train on ${items} of ${coverage.questions} questions: ${coverage.positives} rationales, ${coverage.withPair} questions with a reflection pair.`,
      `Decided by a person: ${byPerson}; by a rule: ${byRule}; undecided and left out: ${undecided}.`,
      ...warnings,
    ];
    return { text: lines.join('\n'), json: preview };
  });
}
