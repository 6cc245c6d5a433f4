import { join } from 'node:path';
import { activeDecisions, type RecordedDecision } from '../../core/curation/activeDecisions.ts';
import { CurationFold, type Curation } from '../../core/curation/curation.ts';
import { questionNow } from '../../core/curation/questionText.ts';
import type { Question } from '../../core/dataset/question.ts';
import { textOf } from '../../core/errors.ts';
import { canonicalJson } from '../../core/hash.ts';
import type { Clock } from '../../core/ports.ts';
import { PRACTICE_PATHS } from '../../core/practice/practiceProject.ts';
import { dataSets } from '../../core/project/dataSets.ts';
import type { ProjectFile } from '../../core/project/projectFile.ts';
import { decidedSteps } from '../../core/report/decided.ts';
import type { Picture, PictureRound, PictureSet } from '../../core/report/picture.ts';
import { countLooks, type RecordedLook } from '../../core/round/looks.ts';
import type { RoundState } from '../../core/round/state.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import type { Prices } from '../../core/teaching/prices.ts';
import { askingSince } from '../project/askingSince.ts';
import { loadProject } from '../project/loadProject.ts';
import { PROJECT_FILE } from '../project/projectFileName.ts';
import { ProjectStore } from '../project/projectStore.ts';
import { pacer, runPaced } from '../review/pace.ts';
import { fileVersionAt } from '../storage/fileVersion.ts';
import type { BadLine } from '../storage/readJournal.ts';
import { changedFiles, stampsOf, type Stamps } from './fileStamps.ts';
import { listRuns } from '../trainer/listRuns.ts';
import { isUnderWay, RoundReader } from './roundReader.ts';

export interface PictureOptions {
  readonly root: string;
  readonly clock: Clock;
  /** Prices by profile of this person's teachers. */
  readonly prices: () => Promise<ReadonlyMap<string, Prices>>;
}

const NOTHING_DECIDED = { person: 0, rule: 0, byType: {}, entries: 0 };

/** Reads a project's files into one picture, again only what has changed. Writes nothing. */
export class PictureReader {
  readonly #options: PictureOptions;
  readonly #bad = new Map<string, Map<number, BadLine>>();
  readonly #rounds: RoundReader;
  readonly #sets = new Map<
    string,
    { readonly from: readonly Question[]; readonly stamp: string; readonly set: PictureSet }
  >();
  #stamps: Stamps = new Map();
  /** What the prices came to when they were read last. */
  #priced = '';
  /** The process that asked a teacher when that was looked at last, and whether it waited for a reply. */
  #asking: string | null = null;
  #isWaiting = false;
  #opened: { readonly text: string; readonly store: ProjectStore } | null = null;

  constructor(options: PictureOptions) {
    this.#options = options;
    this.#rounds = new RoundReader((bad) => this.#note(bad));
  }

  /**
   * Whether a file is different from what `read` saw last, or a process gone that waited for a teacher; the small file
   * with the prices is read for that.
   */
  async hasChanged(): Promise<boolean> {
    if (changedFiles(this.#stamps, await this.#look()).length > 0) return true;
    if (this.#isWaiting && (await this.#askingSince()) !== this.#asking) return true;
    return (await this.#readPrices()).stamp !== this.#priced;
  }

  /** Throws only where the project file itself cannot be read; everything else becomes a note. */
  async read(signal: AbortSignal): Promise<Picture> {
    const { root } = this.#options;
    const settings = join(root, PROJECT_FILE);
    const stamp = await fileVersionAt(settings);
    const { file: project } = await loadProject(root);
    const store = this.#open(project);
    // The stamp of what was read, or an older one: what was written meanwhile is read by the next look.
    const stamps = new Map(await this.#look()).set(settings, stamp ?? '');
    for (const path of changedFiles(this.#stamps, stamps)) this.#bad.delete(path);
    this.#stamps = stamps;
    const asking = await this.#askingSince();
    this.#asking = asking;
    const notes: Text[] = [];
    const attempt = async <T>(work: Promise<T>, otherwise: T): Promise<T> =>
      work.catch((error: unknown) => {
        signal.throwIfAborted();
        notes.push(textOf(error));
        return otherwise;
      });
    const sets: PictureSet[] = [];
    for (const { name, role } of dataSets(project)) {
      const questions = await attempt(store.questions(name), []);
      sets.push({ name, role, questions, byId: new Map() });
    }
    const numbers = await attempt(store.rounds(), []);
    const events: RecordedDecision[][] = [];
    for (const round of numbers) {
      events[round] = [...(await attempt(store.decisions(round), []))];
    }
    const last = numbers.at(-1) ?? -1;
    for (let round = 0; round <= last; round += 1) events[round] ??= [];
    const curation = await foldPaced(store, events, signal);
    const curationStamp = stampOfCuration(curation);
    const curationUpTo = (round: number): Promise<Curation> =>
      round >= last
        ? Promise.resolve(curation)
        : foldPaced(store, events.slice(0, round + 1), signal);
    const decided = await runPaced(decidedSteps(events, curation), signal);
    const looks: (readonly RecordedLook[])[] = [];
    for (const round of numbers) looks.push(await attempt(store.looks(round), []));
    const runs = await attempt(listRuns(root), []);
    const rounds: PictureRound[] = [];
    for (const round of numbers) {
      const state: RoundState | null = await attempt(store.state(round), null);
      if (state === null) continue;
      const decisions = decided.get(round) ?? NOTHING_DECIDED;
      const about = {
        store,
        state,
        sets,
        curation,
        curationStamp,
        curationUpTo,
        stamps,
        events,
        decisions,
        asking,
        runs,
      };
      const read = await attempt(this.#rounds.read(about, notes, signal), null);
      if (read !== null) rounds.push(read);
    }
    this.#isWaiting = rounds.some(({ taught }) => isUnderWay(taught));
    const { prices, failure, stamp: priced } = await this.#readPrices();
    this.#priced = priced;
    if (failure !== null) notes.push(failure);
    return {
      project: project.name,
      labels: labelsOf(project, rounds),
      sets: sets.map((set) => this.#now(set, curation, curationStamp)),
      rounds,
      curation,
      looks: project.data.test === undefined ? null : countLooks(looks),
      overlaps: null,
      prices,
      notes: [...notes, ...this.#badNotes()],
    };
  }

  async #readPrices(): Promise<{
    prices: ReadonlyMap<string, Prices>;
    failure: Text | null;
    stamp: string;
  }> {
    try {
      const prices = await this.#options.prices();
      return { prices, failure: null, stamp: canonicalJson([...prices]) };
    } catch (error) {
      const failure = textOf(error);
      return { prices: new Map(), failure, stamp: String(failure) };
    }
  }

  #askingSince(): Promise<string | null> {
    const { root, clock } = this.#options;
    return askingSince(root, clock);
  }

  #open(project: ProjectFile): ProjectStore {
    const text = JSON.stringify(project);
    if (this.#opened?.text === text) return this.#opened.store;
    const { root, clock } = this.#options;
    // Reading writes nothing: the name is never used.
    const onBad = (bad: BadLine): void => this.#note(bad);
    const store = new ProjectStore({ root, project, writer: 'reader', clock, onBad });
    this.#opened = { text, store };
    return store;
  }

  #look(): Promise<Stamps> {
    const { store } = this.#opened ?? {};
    const data = store
      ? dataSets(store.project).map(({ name }) => store.absolute(store.dataPath(name)))
      : [];
    return stampsOf(this.#options.root, data);
  }

  /** The same object again while neither the file nor a fix of its questions is another. */
  #now(set: PictureSet, curation: Curation, stamp: string): PictureSet {
    const kept = this.#sets.get(set.name);
    if (kept?.from === set.questions && kept.stamp === stamp) return kept.set;
    const isTrain = set.role === 'train';
    const questions = isTrain
      ? set.questions.map((question) => questionNow(question, curation))
      : set.questions;
    const made = { ...set, questions, byId: new Map(questions.map((one) => [one.id, one])) };
    this.#sets.set(set.name, { from: set.questions, stamp, set: made });
    return made;
  }

  #note(bad: BadLine): void {
    const ofFile = this.#bad.get(bad.file) ?? new Map<number, BadLine>();
    ofFile.set(bad.line, bad);
    this.#bad.set(bad.file, ofFile);
  }

  #badNotes(): Text[] {
    return [...this.#bad.values()].flatMap((ofFile) => {
      const [first, ...rest] = [...ofFile.values()].sort((a, b) => a.line - b.line);
      if (first === undefined) return [];
      const { file, line, reason } = first;
      const path = file.startsWith(this.#options.root)
        ? file.slice(this.#options.root.length + 1)
        : file;
      return rest.length === 0
        ? [sentence`Line ${line} of ${path} ${reason}; the rest counts.`]
        : [
            sentence`${rest.length + 1} lines of ${path} are not read, the first is line ${line}, which ${reason}; the rest counts.`,
          ];
    });
  }
}

/** As `foldRead` in the core folds them, letting others go first. */
async function foldPaced(
  store: ProjectStore,
  events: readonly (readonly RecordedDecision[])[],
  signal: AbortSignal,
): Promise<Curation> {
  const questions = await store.questions('train').catch(() => []);
  const byId = new Map(questions.map((question) => [question.id, question]));
  const fold = new CurationFold((id) => byId.get(id));
  const pace = pacer(signal);
  for (const [round, ofRound] of events.entries()) {
    await pace();
    for (const event of activeDecisions(ofRound)) {
      fold.apply(event, round);
      await pace();
    }
  }
  return fold.curation;
}

/** What the golds and texts that count rest on; the same text, the same grades. */
function stampOfCuration({ gold, questions }: Curation): string {
  return canonicalJson([[...gold], [...questions].map(([id, { text }]) => [id, text])]);
}

function labelsOf({ student }: ProjectFile, rounds: readonly PictureRound[]): Text[] {
  const labels: Text[] = [];
  const programmatic = rounds.some(
    ({ state, manifest }) =>
      state.teaching?.programmatic === true || manifest?.teacher.programmatic === true,
  );
  if (programmatic) {
    labels.push(
      sentence`The teacher is programmatic: a program that works from equations, no language model.`,
    );
  }
  if (student === PRACTICE_PATHS.student) {
    labels.push(sentence`The student is the practice student: its numbers are a demonstration.`);
  }
  return labels;
}
