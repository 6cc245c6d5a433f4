import type * as vscode from 'vscode';
import { createRedactor } from '../node/teacher/redact.ts';

const PREFIX = 'tailor.key ';

/**
 * Teacher keys, each bound to one exact origin: a profile that is given another address finds no key there. Nothing
 * that other extensions can call gives a key away.
 */
export class TeacherKeys {
  readonly #secrets: vscode.SecretStorage;
  /** Every key that was read or stored in this window, so that none is ever logged. */
  readonly #seen = new Set<string>();
  #redact: (text: string) => string = (text) => text;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  readonly keyFor = async (origin: string): Promise<string | null> => {
    const key = await this.#secrets.get(PREFIX + origin);
    if (key === undefined || key === '') return null;
    this.#note(key);
    return key;
  };

  async store(origin: string, key: string): Promise<void> {
    this.#note(key);
    await this.#secrets.store(PREFIX + origin, key);
  }

  async forget(origin: string): Promise<void> {
    await this.#secrets.delete(PREFIX + origin);
  }

  /** Told when a key came, went or changed, also in another window. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) listener();
    });
  }

  /** Takes every known key out of a text. */
  readonly redact = (text: string): string => this.#redact(text);

  #note(key: string): void {
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#redact = createRedactor([...this.#seen]);
  }
}
