import type { RecordedDecision } from '../../src/core/curation/activeDecisions.ts';
import type { Decision } from '../../src/core/curation/decision.ts';
import type { GradedAttempt } from '../../src/core/curation/negatives.ts';
import type { Question } from '../../src/core/dataset/question.ts';
import type { Attempt, FinishedAttempt } from '../../src/core/exam/attempt.ts';
import { sha256Text } from '../../src/core/hash.ts';
import type { ProjectFile } from '../../src/core/project/projectFile.ts';
import type { RecordedLook } from '../../src/core/round/looks.ts';
import type { FrozenRow, Manifest } from '../../src/core/round/frozen.ts';
import { spendingOf, type RoundSpending } from '../../src/core/round/spending.ts';
import type { RoundState } from '../../src/core/round/state.ts';
import type {
  ExamWriter,
  OpinionWriter,
  RoundStore,
  TeachingWriter,
} from '../../src/core/round/store.ts';
import type { Opinion, TeacherRecord, TeachingItem } from '../../src/core/teaching/records.ts';

/** A project in memory: what the loop reads is what it wrote, copied, so that nothing is shared by accident. */
export class MemoryStore implements RoundStore {
  readonly project: ProjectFile;
  readonly sets: Record<string, readonly Question[]>;
  readonly states = new Map<number, RoundState>();
  readonly attemptsOf = new Map<string, Attempt[]>();
  readonly itemsOf = new Map<number, TeachingItem[]>();
  readonly opinionsOf = new Map<number, Opinion[]>();
  readonly decisionsOf = new Map<number, RecordedDecision[]>();
  readonly manifests = new Map<number, Manifest>();
  readonly rows = new Map<number, readonly FrozenRow[]>();
  grades: readonly GradedAttempt[] = [];
  #seq = 0;

  constructor(project: ProjectFile, sets: Record<string, readonly Question[]>) {
    this.project = project;
    this.sets = sets;
  }

  questions(set: string): Promise<readonly Question[]> {
    return Promise.resolve(this.sets[set] ?? []);
  }
  head(): Promise<string> {
    return Promise.resolve('');
  }
  absolute(path: string): string {
    return `/project/${path}`;
  }
  rounds(): Promise<readonly number[]> {
    return Promise.resolve([...this.states.keys()].sort());
  }
  state(round: number): Promise<RoundState | null> {
    return Promise.resolve(structuredClone(this.states.get(round) ?? null));
  }
  saveState(state: RoundState): Promise<void> {
    this.states.set(state.round, structuredClone(state));
    return Promise.resolve();
  }
  attempts(round: number, set: string): Promise<readonly Attempt[]> {
    return Promise.resolve([...(this.attemptsOf.get(`${round}/${set}`) ?? [])]);
  }
  openExam(round: number, set: string, fingerprint: string): Promise<ExamWriter> {
    const key = `${round}/${set}`;
    const list = this.attemptsOf.get(key) ?? [];
    this.attemptsOf.set(key, list);
    return Promise.resolve({
      append: (attempt: FinishedAttempt) => {
        list.push({ type: 'attempt', set, fingerprint, ...attempt });
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  }
  saveGrades(_round: number, grades: readonly GradedAttempt[]): Promise<void> {
    this.grades = grades;
    return Promise.resolve();
  }
  looks(): Promise<readonly RecordedLook[]> {
    return Promise.resolve([]);
  }
  items(round: number): Promise<readonly TeachingItem[]> {
    return Promise.resolve([...(this.itemsOf.get(round) ?? [])]);
  }
  /** Requests by round; what was made of their replies are the items. */
  readonly intentsOf = new Map<number, TeacherRecord[]>();
  async teacherRecords(round: number): Promise<readonly TeacherRecord[]> {
    return [...(this.intentsOf.get(round) ?? []), ...(await this.items(round))];
  }
  openTeaching(round: number): Promise<TeachingWriter> {
    const list = this.itemsOf.get(round) ?? [];
    this.itemsOf.set(round, list);
    return Promise.resolve({
      append: (item: TeachingItem) => {
        list.push(item);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  }
  opinions(round: number): Promise<readonly Opinion[]> {
    return Promise.resolve([...(this.opinionsOf.get(round) ?? [])]);
  }
  openOpinions(round: number): Promise<OpinionWriter> {
    const list = this.opinionsOf.get(round) ?? [];
    this.opinionsOf.set(round, list);
    return Promise.resolve({
      append: (opinion: Opinion) => {
        list.push(opinion);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  }
  served(): Promise<null> {
    return Promise.resolve(null);
  }
  spending(): Promise<RoundSpending> {
    return Promise.resolve(spendingOf([], null));
  }
  decisions(round: number): Promise<readonly RecordedDecision[]> {
    return Promise.resolve([...(this.decisionsOf.get(round) ?? [])]);
  }
  decide(round: number, decisions: readonly Decision[]): Promise<void> {
    const list = this.decisionsOf.get(round) ?? [];
    this.decisionsOf.set(round, list);
    for (const decision of decisions) {
      list.push({
        ...decision,
        writer: 'memory-1',
        seq: this.#seq,
        at: '2026-01-01T00:00:00.000Z',
      });
      this.#seq += 1;
    }
    return Promise.resolve();
  }
  manifest(round: number): Promise<Manifest | null> {
    return Promise.resolve(this.manifests.get(round) ?? null);
  }
  frozenRows(round: number): Promise<readonly FrozenRow[]> {
    return Promise.resolve(structuredClone(this.rows.get(round) ?? []));
  }
  freeze(
    round: number,
    rows: readonly FrozenRow[],
    partial: Omit<Manifest, 'trainSha256' | 'inputs'>,
  ): Promise<Manifest> {
    this.rows.set(round, structuredClone(rows));
    const manifest = { ...partial, trainSha256: sha256Text(JSON.stringify(rows)), inputs: {} };
    this.manifests.set(round, manifest);
    return Promise.resolve(manifest);
  }
  /** By run id. */
  readonly runs = new Map<string, unknown>();
  runConfig(_round: number, runId: string): Promise<unknown> {
    const begun = JSON.stringify(this.runs.get(runId) ?? null);
    return Promise.resolve(JSON.parse(begun.replaceAll('"/project/', '"')));
  }
  /** Runs that are alive, done or have a checkpoint. */
  readonly binding = new Set<string>();
  runBinds(_round: number, runId: string): Promise<boolean> {
    return Promise.resolve(this.binding.has(runId));
  }
  /** By run: what its trainer's records say. */
  readonly trained = new Map<string, number>();
  runSeconds(_round: number, runId: string): Promise<number> {
    return Promise.resolve(this.trained.get(runId) ?? 0);
  }
  runFolder(round: number, runId: string): string {
    return this.absolute(`rounds/${round}/runs/${runId}`);
  }
  studentFolder(studentId: string): { absolute: string; relative: string } {
    return { absolute: this.absolute(`models/${studentId}`), relative: `models/${studentId}` };
  }
}
