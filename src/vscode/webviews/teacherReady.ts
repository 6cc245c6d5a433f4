import { loadProject } from '../../node/project/loadProject.ts';
import {
  findProfile,
  isLoopback,
  loadProfiles,
  PROGRAMMATIC,
  profilesPath,
} from '../../node/teacher/profiles.ts';
import type { Disposable } from '../disposableStore.ts';

export interface TeacherReadyParts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly keyFor: (origin: string) => Promise<string | null>;
  /** Keys came or went, profiles or projects changed. */
  readonly changes: readonly ((listener: () => void) => Disposable)[];
}

/** Whether a project's teacher can be asked, answered at once from what the last look found. */
export class TeacherReady implements Disposable {
  readonly #parts: TeacherReadyParts;
  readonly #known = new Map<string, boolean>();
  readonly #listeners = new Set<() => void>();
  readonly #subscriptions: readonly Disposable[];

  constructor(parts: TeacherReadyParts) {
    this.#parts = parts;
    this.#subscriptions = parts.changes.map((onChange) =>
      onChange(() => {
        for (const root of this.#known.keys()) void this.#look(root);
      }),
    );
  }

  of(root: string): boolean {
    const known = this.#known.get(root);
    if (known !== undefined) return known;
    // Until the look is over nothing is said to be missing.
    this.#known.set(root, true);
    void this.#look(root);
    return true;
  }

  readonly onDidChange = (listener: () => void): Disposable => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose();
    this.#listeners.clear();
  }

  async #look(root: string): Promise<void> {
    const ready = await this.#isReady(root).catch(() => false);
    if (this.#known.get(root) === ready) return;
    this.#known.set(root, ready);
    for (const listener of [...this.#listeners]) listener();
  }

  async #isReady(root: string): Promise<boolean> {
    const { environment, keyFor } = this.#parts;
    const { teacher } = (await loadProject(root)).file;
    if (teacher === PROGRAMMATIC) return true;
    const profile = findProfile(await loadProfiles(profilesPath(environment)), teacher);
    const url = new URL(profile.baseURL);
    if ((await keyFor(url.origin)) !== null) return true;
    if (profile.keyEnv === undefined) return isLoopback(url);
    return (environment[profile.keyEnv] ?? '').trim() !== '';
  }
}
