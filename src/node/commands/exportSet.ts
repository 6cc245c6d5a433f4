import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError, cancelled } from '../../core/errors.ts';
import { DATASET_INFO, isDescribed, withEntry } from '../../core/exporting/datasetInfo.ts';
import { refuseEmpty, told, type ExportCounts } from '../../core/exporting/exportWords.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../core/exporting/formats.ts';
import { exportRow, isPlain } from '../../core/exporting/records.ts';
import type { ChatFrame } from '../../core/exam/chatFrame.ts';
import { promptFormOf } from '../../core/exam/promptForm.ts';
import { stepMarks } from '../../core/exporting/stepMarks.ts';
import { decisionsUpTo, foldRead } from '../../core/round/curationUpTo.ts';
import { joined, sentence } from '../../core/sentence.ts';
import type { TeachingItem } from '../../core/teaching/records.ts';
import { refuseName, refusePlace, refusePresent } from '../exporting/exportPlace.ts';
import { layOut } from '../exporting/layOut.ts';
import type { ProjectStore } from '../project/projectStore.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { systemCode, translating } from '../storage/storeError.ts';
import { withSession, type CommandContext, type CommandResult } from './context.ts';

/** What `tailor export` is asked for. */
export interface ExportOptions {
  readonly format: ExportFormat;
  /** The rounds whose sets are written, one after the other; the newest frozen one when absent. */
  readonly round?: readonly number[];
  /** Every frozen round. */
  readonly all?: boolean;
  readonly out: string;
  /** Write over a file that is there, and replace another entry of its name in dataset_info.json. */
  readonly force?: boolean;
  /** About that entry alone; as `force` when absent. */
  readonly forceEntry?: boolean;
}

/** Rounds that have a frozen set, oldest first. */
export async function frozenRounds(store: ProjectStore): Promise<number[]> {
  const frozen: number[] = [];
  for (const round of await store.rounds()) {
    if ((await store.manifest(round)) !== null) frozen.push(round);
  }
  return frozen;
}

/** The frozen rounds of the project that a command means. */
export function exportableRounds(context: CommandContext): Promise<number[]> {
  return withSession(context, ({ store }) => frozenRounds(store));
}

/** `tailor export`: a round's frozen set, held against its hash, in the form of another program. */
export function exportSet(context: CommandContext, options: ExportOptions): Promise<CommandResult> {
  return withSession(context, async ({ root, store }) => {
    const { format, force = false } = options;
    const rounds = await meantRounds(store, options);
    const path = resolve(options.out);
    await refusePlace(root, store.project, path);
    if (!force) await refusePresent(path);
    const infoPath = join(dirname(path), DATASET_INFO);
    const replaceEntry = options.forceEntry ?? force;
    const entryNow = async (): Promise<ReturnType<typeof withEntry>> =>
      isDescribed(format)
        ? withEntry(format, basename(path), await textOrNull(infoPath), replaceEntry)
        : null;
    if (isDescribed(format)) await refuseName(root, store.project, path, infoPath);
    const entry = await entryNow();

    const counts: ExportCounts = {
      questions: 0,
      records: 0,
      duplicates: 0,
      guarded: 0,
      left: new Map(),
    };
    const pieces = recordsOf(context, store, rounds, format, counts);
    const text = layOut(format, pieces, () => refuseEmpty(counts, rounds));
    await translating(path, () =>
      writeSnapshot(path, text, {
        mode: 0o644,
        beforeRename: async () => {
          stopIfAsked(context);
          if (!force) await refusePresent(path);
        },
      }),
    );
    if (entry !== null) {
      // Read again: the list may have got another entry while the file was written.
      const now = (await entryNow()) ?? entry;
      await translating(infoPath, () => writeSnapshot(infoPath, now.text));
    }
    const { questions, records, duplicates, guarded, left } = counts;
    return {
      text: joined(
        [
          ...told(path, format, rounds, counts),
          ...(entry ? [sentence`${infoPath} names it as ${JSON.stringify(entry.name)}.`] : []),
        ],
        '\n',
      ),
      json: {
        path,
        format,
        rounds,
        questions,
        records,
        duplicates,
        guarded,
        leftOut: Object.fromEntries(left),
        datasetInfo: entry ? { path: infoPath, name: entry.name } : null,
      },
    };
  });
}

async function meantRounds(store: ProjectStore, options: ExportOptions): Promise<number[]> {
  const frozen = await frozenRounds(store);
  const asked = options.round ?? [];
  const missing = asked.find((round) => !frozen.includes(round));
  if (missing !== undefined || frozen.length === 0) {
    throw new AppError(
      'round.notFrozen',
      missing === undefined
        ? sentence`No round is frozen.`
        : sentence`Round ${missing} is not frozen.`,
      { hint: sentence`Only frozen sets are exported: tailor freeze.` },
    );
  }
  if (options.all === true) return frozen;
  if (asked.length > 0) return [...new Set(asked)].sort((a, b) => a - b);
  return frozen.slice(-1);
}

/** What is there, or null where nothing is. */
function textOrNull(path: string): Promise<string | null> {
  return translating(path, () =>
    readFile(path, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }),
  );
}

function stopIfAsked({ signal }: CommandContext): void {
  if (signal.aborted) throw cancelled();
}

/** Rows between two looks at the signal and two words about progress. */
const STRIDE = 256;

async function* recordsOf(
  context: CommandContext,
  store: ProjectStore,
  rounds: readonly number[],
  format: ExportFormat,
  counts: ExportCounts,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  const needsMarks = EXPORT_FORMATS[format].kind === 'steps';
  for (const round of rounds) {
    stopIfAsked(context);
    const rows = await store.frozenRows(round);
    const chat = isPlain(format) ? await templateOf(store, round) : undefined;
    const markOf = needsMarks ? await marksOf(store, round) : () => undefined;
    const stage = sentence`export of round ${round}`;
    for (const [at, row] of rows.entries()) {
      if (at % STRIDE === 0) {
        context.report({ stage, done: at, total: rows.length, etaMs: null });
        // Lets a stop come through between rows that are all in memory.
        await new Promise((next) => setImmediate(next));
        stopIfAsked(context);
      }
      const { records, left, guarded } = exportRow(format, row, markOf, chat);
      counts.questions += 1;
      counts.guarded += guarded;
      if (left !== null) counts.left.set(left, (counts.left.get(left) ?? 0) + 1);
      for (const record of records) {
        if (seen.has(record)) {
          counts.duplicates += 1;
          continue;
        }
        seen.add(record);
        counts.records += 1;
        yield record;
      }
    }
    context.report({ stage, done: rows.length, total: rows.length, etaMs: null });
  }
}

/** The chat template that a round was frozen in; none where its prompts are plain. */
async function templateOf(store: ProjectStore, round: number): Promise<ChatFrame | undefined> {
  const form = (await store.manifest(round))?.promptForm;
  if (form === undefined || form === promptFormOf(undefined)) return undefined;
  const { chat } = store.project;
  if (form === promptFormOf(chat)) return chat;
  throw new AppError(
    'round.changed',
    sentence`Round ${round} was frozen for other prompts than the project's: with or without a chat template, or with another.`,
    {
      hint: sentence`Export it as messages, whose trainer has the template itself, or put “chat” of tailor.json back to what it was.`,
    },
  );
}

/** The marks as they stood when the round was frozen: an export says the same whenever it is made. */
async function marksOf(store: ProjectStore, round: number): Promise<ReturnType<typeof stepMarks>> {
  const manifest = await store.manifest(round);
  const events = await decisionsUpTo(store, round, manifest?.decidedUpTo);
  const items: TeachingItem[] = [];
  for (let r = 0; r <= round; r += 1) items.push(...(await store.items(r)));
  return stepMarks(items, await foldRead(store, events));
}
