import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { sha256Text } from '../../core/hash.ts';
import type { Decision } from '../../core/curation/decision.ts';
import { labelOf } from '../../core/curation/decisionLog.ts';
import { questionNow } from '../../core/curation/questionText.ts';
import { undoStack } from '../../core/curation/undoStack.ts';
import { acceptByGate, confirmGolds, GATE_RULE } from '../../core/round/curateRound.ts';
import { curationUpTo } from '../../core/round/curationUpTo.ts';
import { rationaleOfAttempt } from '../../core/exam/promptForm.ts';
import { goldValue } from '../../core/grading/gold.ts';
import { normaliseRationale, splitSteps } from '../../core/teaching/steps.ts';
import { gradedTrainAttempts } from '../../core/round/gradedTrain.ts';
import { curateRound } from '../../core/round/curateRound.ts';
import type { TeachingItem } from '../../core/teaching/records.ts';
import { person } from '../session/person.ts';
import type { Session } from '../session/session.ts';
import { translating } from '../storage/storeError.ts';
import { installationOf } from '../storage/writerSlot.ts';
import { currentRound, withSession, type CommandContext, type CommandResult } from './context.ts';
import type { RoundOption } from './steps.ts';

/** A row of `tailor decide edit FILE`. */
export const editRowSchema = z.union([
  z.strictObject({
    itemId: z.string(),
    rationale: z.string().min(1),
    reason: z.string().optional(),
  }),
  z.strictObject({
    questionId: z.string(),
    rationale: z.string().min(1),
    reason: z.string().optional(),
  }),
  z.strictObject({ questionId: z.string(), gold: z.string().min(1), reason: z.string().min(1) }),
  z.strictObject({
    questionId: z.string(),
    question: z.string().trim().min(1),
    reason: z.string().trim().min(1),
  }),
  z.strictObject({ questionId: z.string(), hint: z.string().min(1) }),
  z.strictObject({
    questionId: z.string(),
    sample: z.number().int().min(0),
    step: z.number().int().min(1),
    kind: z.string().trim().min(1),
    reason: z.string().optional(),
  }),
  z.strictObject({
    questionId: z.string(),
    sample: z.number().int().min(0),
    verdict: z.enum(['right', 'wrong']),
    reason: z.string().optional(),
  }),
  z.strictObject({
    questionId: z.string(),
    sample: z.number().int().min(0),
    pair: z.enum(['keep', 'drop']),
    reason: z.string().optional(),
  }),
]);

/** Of a rationale in `decide list`. */
const SHOWN_CHARACTERS = 80;

/** The actions of `tailor decide`. */
export const ACTIONS = ['list', 'accept', 'reject', 'edit', 'undo', 'redo'] as const;

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
    const rows = (await session.store.items(round)).map((item) => ({
      itemId: item.itemId,
      questionId: item.questionId,
      purpose: item.purpose,
      status: curation.items.get(item.itemId)?.status ?? 'open',
      by: curation.items.get(item.itemId)?.by ?? null,
      gate: item.accepted ? 'passed' : item.reasons.join(', '),
      flags: item.flags,
      rationale: item.rationale,
    }));
    const count = (status: string): number => rows.filter((row) => row.status === status).length;
    const lines = rows.map(({ itemId, questionId, status, gate, rationale }) =>
      [itemId.slice(0, 12), status.padEnd(8), questionId, gate, inOneLine(rationale ?? '')]
        .join('  ')
        .trimEnd(),
    );
    const head = `Round ${round}: ${count('accepted')} accepted, ${count('rejected')} rejected, ${count('open')} open.`;
    const text =
      rows.length === 0
        ? `Round ${round}: the teacher has written nothing yet.${await elsewhere(session)}`
        : [head, 'item, status, question, gate, rationale', ...lines].join('\n');
    return { text, json: { round, items: rows } };
  });
}

/** As much of a rationale as shows which one it is; `--json` has the whole. */
function inOneLine(rationale: string): string {
  const line = rationale.replace(/\s*\n\s*/gu, ' / ');
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}

async function elsewhere(session: Session): Promise<string> {
  const filled: number[] = [];
  for (const round of await session.store.rounds()) {
    if ((await session.store.items(round)).length > 0) filled.push(round);
  }
  return filled.length === 0 ? '' : ` There are items in round ${filled.join(', ')} (--round).`;
}

/** By rule (everything that passed the gate), or the named items. */
function accept(context: CommandContext, options: DecideOptions): Promise<CommandResult> {
  return decideItems(context, options, async (session, round) => {
    if (options.rule === undefined) {
      return append(session, round, 'accept', options);
    }
    await knownItems(session, round);
    if (options.rule !== GATE_RULE) {
      throw new AppError('usage', `There is no rule called ${JSON.stringify(options.rule)}.`, {
        hint: `The rule there is: ${GATE_RULE}.`,
      });
    }
    const accepted = await acceptByGate({ store: session.store }, round);
    const golds = await confirmGolds({ store: session.store }, round);
    const state = await session.store.state(round);
    if (state) await curateRound({ store: session.store }, state);
    return `${counted(accepted, 'item')} accepted by ${GATE_RULE}; ${counted(golds, 'doubted gold')} confirmed by the data.`;
  });
}

/** Decisions from a JSONL file; none is applied unless every row is valid. */
function edit(context: CommandContext, options: DecideOptions): Promise<CommandResult> {
  return decideItems(context, options, async (session, round) => {
    const [file, ...others] = options.names;
    if (file === undefined || others.length > 0) {
      throw new AppError('usage', 'decide edit takes one file.', {
        hint: 'tailor decide edit FILE; its rows are described in docs/command-line.md.',
      });
    }
    const rows = (await translating(file, () => readFile(file, 'utf8'))).split('\n');
    const decisions: Decision[] = [];
    for (const [index, row] of rows.entries()) {
      if (row.trim() === '') continue;
      decisions.push(await decisionOf(session, round, row, `${file} line ${index + 1}`));
    }
    const action = randomUUID();
    await session.store.decide(
      round,
      decisions.map((decision) => ({ ...decision, action })),
    );
    return `${counted(decisions.length, 'decision')} applied.`;
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
    if (!found) return `There is nothing to ${way === 'undo' ? 'take back' : 'bring back'}.`;
    await session.store.decide(round, found.decisions(person(), randomUUID()));
    const [first] = found.of;
    const by = first === undefined ? '' : ` (${first.author.name})`;
    return `${way === 'undo' ? 'Took back' : 'Brought back'}: ${labelOf(found.of)}${by}.`;
  });
}

async function decideItems(
  context: CommandContext,
  options: RoundOption,
  work: (session: Session, round: number) => Promise<string>,
): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const round = await currentRound(session, options.round);
    const text = await work(session, round);
    const frozen = (await session.store.manifest(round)) !== null;
    const note = frozen ? ` Round ${round} is frozen: this counts for the next round.` : '';
    return { text: text + note, json: { round, message: text, frozen } };
  });
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** What there is to accept or reject; a round without any is told how to get some. */
async function knownItems(session: Session, round: number): Promise<readonly TeachingItem[]> {
  const items = await session.store.items(round);
  if (items.length > 0) return items;
  throw new AppError('round.notReady', `The teacher has written nothing in round ${round} yet.`, {
    hint: 'Ask it first: tailor exam, then tailor teach.',
  });
}

async function append(
  session: Session,
  round: number,
  type: 'accept' | 'reject',
  { names, reason }: DecideOptions,
): Promise<string> {
  const known = await knownItems(session, round);
  const items = names.map((name) => {
    const matching = named(known, name);
    const [only] = matching;
    if (matching.length !== 1 || !only) {
      throw new AppError(
        'usage',
        `${JSON.stringify(name)} names ${matching.length} items of round ${round}.`,
        {
          hint: 'See the ids with: tailor decide list --json.',
        },
      );
    }
    return { itemId: only.itemId, questionId: only.questionId };
  });
  if (items.length === 0) {
    throw new AppError('usage', 'No item was named.', {
      hint: `Name items, or --rule ${GATE_RULE}.`,
    });
  }
  await session.store.decide(round, [
    { type, author: person(), items, ...(reason === undefined ? {} : { reason }) },
  ]);
  return `${counted(items.length, 'item')} ${type}ed.`;
}

/** The items of that id, which may be shortened. */
function named(known: readonly TeachingItem[], name: string): readonly TeachingItem[] {
  return known.filter(
    ({ itemId }) => itemId === name || (name.length >= 8 && itemId.startsWith(name)),
  );
}

async function decisionOf(
  session: Session,
  round: number,
  row: string,
  where: string,
): Promise<Decision> {
  const bad = (why: string): AppError =>
    new AppError('data.invalid', `${where} is no decision: ${why}.`, {
      hint: 'The forms are listed in docs/command-line.md.',
    });
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    throw bad('it is not valid JSON');
  }
  const parsed = editRowSchema.safeParse(value);
  if (!parsed.success) throw bad('its fields fit none of the forms');
  const data = parsed.data;
  const author = person();
  const reason = 'reason' in data && data.reason !== undefined ? { reason: data.reason } : {};
  if ('itemId' in data) {
    const matching = named(await session.store.items(round), data.itemId);
    const [item] = matching;
    if (!item) throw bad(`round ${round} has no item ${data.itemId}`);
    if (matching.length > 1) throw bad(`${data.itemId} names ${matching.length} items`);
    const { itemId, questionId } = item;
    const rationale = textOf(data.rationale, bad);
    return { type: 'edit', author, ...reason, itemId, questionId, rationale };
  }
  const question = (await session.store.questions('train')).find(
    ({ id }) => id === data.questionId,
  );
  if (!question) throw bad(`there is no training question ${data.questionId}`);
  const questionId = question.id;
  if ('rationale' in data)
    return { type: 'write', author, ...reason, questionId, rationale: textOf(data.rationale, bad) };
  if ('hint' in data) return { type: 'hint', author, questionId, hint: data.hint };
  const curation = await curationUpTo(session.store, round);
  const now = questionNow(question, curation);
  if ('question' in data) {
    if (data.question === now.question) throw bad('that is the text of the question already');
    const { question: text, reason: why } = data;
    return { type: 'fix-question', author, questionId, was: now.question, text, reason: why };
  }
  if ('gold' in data) {
    // Against a gold that is no number nothing could ever be right, and nobody would be told.
    if (goldValue(data.gold) === null) throw bad(`${JSON.stringify(data.gold)} is not one number`);
    return {
      type: 'fix-gold',
      author,
      ...reason,
      questionId,
      was: now.answer,
      answer: data.gold,
    };
  }
  const graded = (await gradedTrainAttempts(session.store, round, curation)).find(
    ({ attempt }) => attempt.questionId === questionId && attempt.sample === data.sample,
  );
  if (!graded) throw bad(`round ${round} has no sample ${data.sample} of ${questionId}`);
  const { fingerprint, text, sample } = graded.attempt;
  const about = { questionId, sample, fingerprint, textHash: sha256Text(text) };
  if ('step' in data) {
    const steps = splitSteps(rationaleOfAttempt(text)).length;
    // A step that is missing at the end stands behind the last one.
    if (data.step > steps + 1) throw bad(`sample ${sample} has ${steps} steps`);
    const { step: at, kind: errorKind } = data;
    return { type: 'first-error', author, ...reason, ...about, step: at, errorKind };
  }
  if ('verdict' in data) return { type: `attempt-${data.verdict}`, author, ...reason, ...about };
  return { type: `pair-${data.pair}`, author, ...reason, ...about };
}

/** A person's rationale in the form that is taught: line ends and blank lines folded, no white space around it. */
function textOf(rationale: string, bad: (why: string) => AppError): string {
  const text = normaliseRationale(rationale);
  if (text === '') throw bad('its rationale is empty');
  return text;
}
