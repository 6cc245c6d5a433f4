import type { Disagreement, Voice } from '../../core/curation/disagreements.ts';
import type { Topic } from '../../core/curation/topics.ts';
import { sentenceOf } from '../../core/curation/decisionLog.ts';
import { saidOn } from '../../core/curation/recordDisagreements.ts';
import { curationUpTo } from '../../core/round/curationUpTo.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import type { Session } from '../session/session.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import type { RoundOption } from './steps.ts';

/** `tailor decide disagreements`: where the latest words of two people differ, and which of them counts now. */
export function disagreements(
  context: CommandContext,
  options: RoundOption,
): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const round = await currentRound(session, options.round);
    const all = (await curationUpTo(session.store, round)).disagreements.all();
    const entries = [...all].flatMap(([questionId, found]) =>
      found.map((one) => ({ questionId, one })),
    );
    const head =
      all.size === 0
        ? sentence`Round ${round}: people agree on everything that more than one of them decided.`
        : (disagreedSentence(round, all.size) ?? sentence``);
    const lines = entries.flatMap(({ questionId, one }) => [
      sentence`${questionId}, ${topicName(one.topic)}:`,
      ...one.voices.map((voice) => lineOf(voice, questionId, one)),
    ]);
    const tail =
      all.size === 0
        ? []
        : [
            sentence`* counts now: the newest word does, in the order of their times. Whoever decides again, with all of these in the project, settles it.`,
          ];
    return {
      text: joined([head, ...lines, ...tail], '\n'),
      json: {
        round,
        disagreements: entries.map(({ questionId, one }) => ({
          questionId,
          matter: one.topic.matter,
          itemId: one.topic.itemId,
          sample: one.topic.sample,
          voices: one.voices.map((voice) => ({
            by: voice.event.author.name,
            writer: voice.event.writer,
            seq: voice.event.seq,
            at: voice.event.at,
            type: voice.event.type,
            says: sentenceOf(saidOn(one.topic, voice), questionId),
            reason: voice.event.reason ?? null,
            holds: voice === one.holds,
          })),
        })),
      },
    };
  });
}

/** How many questions of a round people disagree on; null where there are none. */
export function disagreedSentence(round: number, questions: number): Sentence | null {
  if (questions === 0) return null;
  return questions === 1
    ? sentence`People disagree on 1 question of round ${round}.`
    : sentence`People disagree on ${questions} questions of round ${round}.`;
}

/** Of the rounds that are not frozen: there it still decides what is trained on. */
export async function openDisagreements(
  session: Session,
): Promise<{ readonly round: number; readonly questions: number }[]> {
  const found: { round: number; questions: number }[] = [];
  for (const round of await session.store.rounds()) {
    if ((await session.store.manifest(round).catch(() => null)) !== null) continue;
    const curation = await curationUpTo(session.store, round);
    const questions = curation.disagreements.all().size;
    if (questions > 0) found.push({ round, questions });
  }
  return found;
}

function topicName({ matter, itemId, sample }: Topic): Sentence {
  const attempt = (sample ?? 0) + 1;
  switch (matter) {
    case 'rationale':
      return sentence`rationale ${(itemId ?? '').slice(0, 12)}`;
    case 'taught':
      return sentence`whether it is taught`;
    case 'pair':
      return sentence`reflection pair of attempt ${attempt}`;
    case 'verdict':
      return sentence`grading of attempt ${attempt}`;
    case 'first-error':
      return sentence`first wrong step of attempt ${attempt}`;
    case 'gold':
      return sentence`gold answer`;
    case 'question':
      return sentence`wording of the question`;
  }
}

function lineOf(voice: Voice, questionId: string, { topic, holds }: Disagreement): string {
  const { author, at, reason } = voice.event;
  const mark = voice === holds ? '*' : ' ';
  const why = reason === undefined ? '' : ` (${reason})`;
  return `  ${mark} ${author.name}, ${at}: ${sentenceOf(saidOn(topic, voice), questionId)}${why}`;
}
