import {
  askOpinions,
  estimateOpinions,
  type Opined,
  type OpinionEstimate,
} from '../../core/round/opinions.ts';
import { curationUpTo } from '../../core/round/curationUpTo.ts';
import { opinionSummary, type OpinionSummary } from '../../core/round/opinionSummary.ts';
import { joined, sentence, type Sentence, type Text } from '../../core/sentence.ts';
import { opinionPorts } from '../session/opinionPorts.ts';
import type { Session } from '../session/session.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import { describeCalls } from './estimate.ts';
import { frozenAlready, type RoundOption } from './steps.ts';

/**
 * `tailor opinion`: asks a teacher, the project's where no other is named, to score the round's undecided rationales,
 * blind to who wrote them.
 */
export function opinion(context: CommandContext, options: RoundOption): Promise<CommandResult> {
  return withRound(context, options, async (session, round) => {
    const made = await askOpinions(opinionPorts(session), round);
    const summary = await summaryOf(session, round);
    const spending = await session.store.spending(round);
    const tokens = spending.promptTokens + spending.completionTokens;
    return {
      text: joined([
        askedSentence(made),
        ...ownSentence(made),
        ...(summary === null ? [] : [summarySentence(round, summary)]),
        sentence`${spending.requests} calls, ${tokens} tokens in this round.`,
      ]),
      json: { round, opinions: made, summary, spending },
    };
  });
}

/** `tailor opinion --estimate`: what that will take, from a few real calls that are not paid again. */
export function estimateOpinion(
  context: CommandContext,
  options: RoundOption,
): Promise<CommandResult & { readonly json: OpinionEstimate }> {
  return withRound(context, options, async (session, round) => {
    const made = await estimateOpinions(opinionPorts(session), round);
    return { text: describeOpinions(made, context.clock.now()), json: made };
  });
}

/** An estimate as sentences, and whether the teacher would judge itself. */
export function describeOpinions(
  made: Pick<OpinionEstimate, 'estimate' | 'profile' | 'rationales'> & { readonly own?: number },
  now: number,
): Sentence {
  const { estimate, profile, rationales, own = 0 } = made;
  const about = sentence`${rationales} rationales`;
  const calls = describeCalls({ made: estimate, profile, about }, rationales, now);
  return joined([calls, ...ownSentence({ profile, own })]);
}

async function withRound<T>(
  context: CommandContext,
  { round: named }: RoundOption,
  work: (session: Session, round: number) => Promise<T>,
): Promise<T> {
  return withSession(context, async (session) => {
    await session.claimRun();
    const round = await currentRound(session, named);
    if ((await session.store.manifest(round)) !== null) throw frozenAlready(round);
    return work(session, round);
  });
}

async function summaryOf({ store }: Session, round: number): Promise<OpinionSummary | null> {
  return opinionSummary(store, round, await curationUpTo(store, round));
}

function askedSentence(made: Opined): Sentence {
  const { profile, programmatic, scored, failed, known, unread } = made;
  const who = programmatic ? sentence`${profile} (programmatic)` : profile;
  const asked =
    scored + failed + known + unread === 0
      ? sentence`There is no undecided rationale that passed the gate.`
      : scoredSentence(who, scored);
  return joined([
    asked,
    ...(known === 0 ? [] : [sentence`Scored before: ${known}.`]),
    ...(failed === 0 ? [] : [sentence`Of ${failed} it gave no score that can be read.`]),
    ...(unread === 0
      ? []
      : [
          sentence`Of ${unread} it had given no score that can be read: name one in Review to ask again.`,
        ]),
  ]);
}

const scoredSentence = (who: Text, scored: number): Sentence =>
  scored === 1
    ? sentence`${who} scored 1 rationale.`
    : sentence`${who} scored ${scored} rationales.`;

/** Said where a teacher judges what it wrote: that is less than a second opinion. */
function ownSentence({ profile, own }: Pick<Opined, 'profile' | 'own'>): Sentence[] {
  if (own === 0) return [];
  return [
    sentence`${own} of them were written by ${profile}: of these it is the teacher's opinion of itself.`,
  ];
}

/** How a round's second opinions stand. */
export function summarySentence(round: number, summary: OpinionSummary): Sentence {
  const { scored, mean, disagreements, ruled, settled, programmatic } = summary;
  const what = programmatic ? sentence`Second opinions (programmatic)` : sentence`Second opinions`;
  const stand = sentence`${what} in round ${round}: ${scored} rationales scored, mean ${mean.toFixed(1)} of 5.`;
  const undecided = disagreements - ruled;
  const said = [stand];
  if (undecided === 1) said.push(sentence`1 disagreement: no rule accepts it, a person decides.`);
  else if (undecided > 1) {
    said.push(sentence`${undecided} disagreements: no rule accepts these, a person decides.`);
  }
  if (ruled === 1) {
    said.push(
      sentence`1 disagreement about what a rule had accepted: it stays accepted until a person decides.`,
    );
  } else if (ruled > 1) {
    said.push(
      sentence`${ruled} disagreements about what a rule had accepted: these stay accepted until a person decides.`,
    );
  }
  if (settled === 1) said.push(sentence`1 disagreement was settled by a person.`);
  else if (settled > 1) said.push(sentence`${settled} disagreements were settled by a person.`);
  return joined(said);
}

/** The second opinions of every round that has some. */
export async function allOpinions(
  session: Session,
): Promise<({ readonly round: number } & OpinionSummary)[]> {
  const found: ({ round: number } & OpinionSummary)[] = [];
  let some = false;
  for (const round of await session.store.rounds()) {
    // An opinion counts for the rounds after it too: before the first one nothing has to be read.
    some ||= (await session.store.opinions(round)).length > 0;
    if (!some) continue;
    const summary = await summaryOf(session, round);
    if (summary !== null) found.push({ round, ...summary });
  }
  return found;
}
