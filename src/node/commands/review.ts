import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import type { Decision } from '../../core/curation/decision.ts';
import { labelOf } from '../../core/curation/decisionLog.ts';
import { undoStack } from '../../core/curation/undoStack.ts';
import { installationOf } from '../../core/curation/whoDecided.ts';
import { acceptByGate, confirmGolds, curateRound } from '../../core/round/curateRound.ts';
import { curationUpTo } from '../../core/round/curationUpTo.ts';
import { GATE_RULE, objectedItems } from '../../core/round/gateRule.ts';
import type { TeachingItem } from '../../core/teaching/records.ts';
import { person } from '../session/person.ts';
import type { Session } from '../session/session.ts';
import { translating } from '../storage/storeError.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import { decisionOf, doubtsAbout, eachOnce, named } from './decideRows.ts';
import { disagreements } from './disagreements.ts';
import type { RoundOption } from './steps.ts';

/** Of a rationale in `decide list`. */
const SHOWN_CHARACTERS = 80;

/** The actions of `tailor decide`. */
export const ACTIONS = [
  'list',
  'disagreements',
  'accept',
  'reject',
  'edit',
  'undo',
  'redo',
] as const;

export interface DecideOptions extends RoundOption {
  readonly rule?: string;
  readonly reason?: string;
  /** Items, or for `edit` the file. */
  readonly names: readonly string[];
}

/** `tailor decide ACTION`. */
export function decide(
  context: CommandContext,
  action: (typeof ACTIONS)[number],
  options: DecideOptions,
): Promise<CommandResult> {
  switch (action) {
    case 'list':
      return list(context, options);
    case 'disagreements':
      return disagreements(context, options);
    case 'accept':
      return accept(context, options);
    case 'reject':
      return decideItems(context, options, (session, round) =>
        append(session, round, 'reject', options),
      );
    case 'edit':
      return edit(context, options);
    case 'undo':
    case 'redo':
      return step(context, options, action);
  }
}

/** Every candidate of a round with the gate's word and the decision. */
function list(context: CommandContext, options: RoundOption): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const round = await currentRound(session, options.round);
    const curation = await curationUpTo(session.store, round);
    const rows = eachOnce(await session.store.items(round)).map((item) => ({
      itemId: item.itemId,
      questionId: item.questionId,
      purpose: item.purpose,
      status: curation.items.get(item.itemId)?.status ?? 'open',
      by: curation.items.get(item.itemId)?.by ?? null,
      gate: item.accepted ? 'passed' : item.reasons.join(', '),
      flags: item.flags,
      rationale: curation.items.get(item.itemId)?.rationale ?? item.rationale,
      edited: curation.items.get(item.itemId)?.rationale !== undefined,
    }));
    const count = (status: string): number => rows.filter((row) => row.status === status).length;
    const lines = rows.map(({ itemId, questionId, status, gate, rationale }) =>
      [itemId.slice(0, 12), status.padEnd(8), questionId, gate, inOneLine(rationale ?? '')]
        .join('  ')
        .trimEnd(),
    );
    const head = sentence`Round ${round}: ${count('accepted')} accepted, ${count('rejected')} rejected, ${count('open')} open.`;
    const text =
      rows.length === 0
        ? joined([
            sentence`Round ${round}: the teacher has written nothing yet.`,
            ...(await elsewhere(session)),
          ])
        : joined([head, sentence`item, status, question, gate, rationale`, ...lines], '\n');
    return { text, json: { round, items: rows } };
  });
}

/** As much of a rationale as shows which one it is; `--json` has the whole. */
function inOneLine(rationale: string): string {
  const line = rationale.replace(/\s*\n\s*/gu, ' / ');
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}

/** What goes after other sentences: one, or none. */
async function elsewhere(session: Session): Promise<Sentence[]> {
  const filled: number[] = [];
  for (const round of await session.store.rounds()) {
    if ((await session.store.items(round)).length > 0) filled.push(round);
  }
  return filled.length === 0
    ? []
    : [sentence`There are items in round ${filled.join(', ')} (--round).`];
}

/** By rule (everything that passed the gate), or the named items. */
function accept(context: CommandContext, options: DecideOptions): Promise<CommandResult> {
  return decideItems(context, options, async (session, round) => {
    if (options.rule === undefined) {
      return append(session, round, 'accept', options);
    }
    await knownItems(session, round);
    if (options.rule !== GATE_RULE) {
      throw new AppError(
        'usage',
        sentence`There is no rule called ${JSON.stringify(options.rule)}.`,
        {
          hint: sentence`The rule there is: ${GATE_RULE}.`,
        },
      );
    }
    const action = randomUUID();
    const accepted = await acceptByGate({ store: session.store }, round, action);
    const left = await leftToPeople(session, round);
    const golds = await confirmGolds({ store: session.store }, round, action);
    const state = await session.store.state(round);
    if (state) await curateRound({ store: session.store }, state);
    const done =
      accepted === 1
        ? sentence`1 item accepted by ${GATE_RULE}.`
        : sentence`${accepted} items accepted by ${GATE_RULE}.`;
    if (golds === 0) return joined([done, ...left]);
    const confirmed =
      golds === 1
        ? sentence`1 doubted gold confirmed by the question's equation.`
        : sentence`${golds} doubted golds confirmed by the question's equation.`;
    return joined([done, ...left, confirmed]);
  });
}

/** That the rule has left rationales out which a second opinion differs on. */
async function leftToPeople({ store }: Session, round: number): Promise<Sentence[]> {
  const curation = await curationUpTo(store, round);
  const objected = await objectedItems(store, round, curation);
  const open = [...objected].filter((id) => !curation.items.has(id)).length;
  if (open === 0) return [];
  return open === 1
    ? [sentence`1 item left to a person: a second opinion differs.`]
    : [sentence`${open} items left to a person: a second opinion differs.`];
}

/** Decisions from a JSONL file; none is applied unless every row is valid. */
function edit(context: CommandContext, options: DecideOptions): Promise<CommandResult> {
  return decideItems(context, options, async (session, round) => {
    const [file, ...others] = options.names;
    if (file === undefined || others.length > 0) {
      throw new AppError('usage', sentence`decide edit takes one file.`, {
        hint: sentence`tailor decide edit FILE; its rows are described in docs/command-line.md.`,
      });
    }
    const rows = (await translating(file, () => readFile(file, 'utf8'))).split('\n');
    const decisions: Decision[] = [];
    const places: string[] = [];
    const fixed = new Map<string, string>();
    for (const [index, row] of rows.entries()) {
      if (row.trim() === '') continue;
      const where = `${file} line ${index + 1}`;
      decisions.push(await decisionOf(session, round, row, where, fixed));
      places.push(where);
    }
    const doubts = await doubtsAbout(session, round, decisions);
    const action = randomUUID();
    await decideKnowingly(
      session,
      round,
      decisions.map((decision) => ({ ...decision, action })),
    );
    const notes = doubts.flatMap((doubt, at) =>
      doubt === null
        ? []
        : [sentence`${places[at] ?? file}: taken as you wrote it, although: ${doubt}`],
    );
    const applied =
      decisions.length === 1
        ? sentence`1 decision applied.`
        : sentence`${decisions.length} decisions applied.`;
    return joined([...notes, applied], '\n');
  });
}

/** Takes back the last step of this person's windows and commands on this computer, or brings the last one back. */
function step(
  context: CommandContext,
  options: RoundOption,
  way: 'undo' | 'redo',
): Promise<CommandResult> {
  return decideItems(context, options, async (session, round) => {
    const own = installationOf(session.store.writer);
    const found = undoStack(
      await session.store.decisions(round),
      ({ writer }) => installationOf(writer) === own,
    )[way];
    if (!found) {
      return way === 'undo'
        ? sentence`There is nothing to take back.`
        : sentence`There is nothing to bring back.`;
    }
    await session.store.decide(round, found.decisions(person(), randomUUID()));
    const [first] = found.of;
    const label = labelOf(found.of);
    const what = first === undefined ? label : sentence`${label} (${first.author.name})`;
    return way === 'undo' ? sentence`Took back: ${what}.` : sentence`Brought back: ${what}.`;
  });
}

/** With the words of others that they overrule: so a disagreement is settled by deciding again. */
async function decideKnowingly(
  { store }: Session,
  round: number,
  decisions: readonly Decision[],
): Promise<void> {
  const { disagreements: standing } = await curationUpTo(store, round);
  await store.decide(round, standing.inKnowledge(decisions, store.writer));
}

async function decideItems(
  context: CommandContext,
  options: RoundOption,
  work: (session: Session, round: number) => Promise<Sentence>,
): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const round = await currentRound(session, options.round);
    const text = await work(session, round);
    const frozen = (await session.store.manifest(round)) !== null;
    const note = sentence`Round ${round} is frozen: this counts for the next round.`;
    return {
      text: frozen ? joined([text, note]) : text,
      json: { round, message: text, frozen },
    };
  });
}

/** What there is to accept or reject; a round without any is told how to get some. */
async function knownItems(session: Session, round: number): Promise<readonly TeachingItem[]> {
  const items = await session.store.items(round);
  if (items.length > 0) return items;
  throw new AppError(
    'round.notReady',
    sentence`The teacher has written nothing in round ${round} yet.`,
    {
      hint:
        (await elsewhere(session))[0] ?? sentence`Ask it first: tailor exam, then tailor teach.`,
    },
  );
}

async function append(
  session: Session,
  round: number,
  type: 'accept' | 'reject',
  { names, reason }: DecideOptions,
): Promise<Sentence> {
  const known = await knownItems(session, round);
  const items = names.map((name) => {
    const matching = named(known, name);
    const [only] = matching;
    if (matching.length !== 1 || !only) {
      throw new AppError(
        'usage',
        sentence`${JSON.stringify(name)} names ${matching.length} items of round ${round}.`,
        {
          hint: sentence`See the ids with: tailor decide list --json.`,
        },
      );
    }
    return { itemId: only.itemId, questionId: only.questionId };
  });
  if (items.length === 0) {
    throw new AppError('usage', sentence`No item was named.`, {
      hint: sentence`Name items, or --rule ${GATE_RULE}.`,
    });
  }
  await decideKnowingly(session, round, [
    { type, author: person(), items, ...(reason === undefined ? {} : { reason }) },
  ]);
  if (type === 'accept') {
    return items.length === 1
      ? sentence`1 item accepted.`
      : sentence`${items.length} items accepted.`;
  }
  return items.length === 1
    ? sentence`1 item rejected.`
    : sentence`${items.length} items rejected.`;
}
