import * as vscode from 'vscode';
import { cancelled, isAppError } from '../../core/errors.ts';
import type { DatasetDocument } from './datasetDocument.ts';

export interface ConflictWays {
  /** Shows the file beside the document. */
  compare(document: DatasetDocument): Promise<void>;
  /** Has the editor drop the edits and read the file anew. */
  reload(document: DatasetDocument): void;
}

/**
 * Saves; where another hand has changed the file, the person says what becomes of that. Never silent: what is answered
 * otherwise than with yes is not saved.
 */
export class ConflictQuestion {
  readonly #ways: ConflictWays;
  /** One question a document: further saves wait for its answer. */
  readonly #open = new Map<DatasetDocument, Promise<boolean>>();
  /** What was turned away, by the version of the file: saving by itself does not ask the same again. */
  readonly #turnedAway = new WeakMap<DatasetDocument, string>();

  constructor(ways: ConflictWays) {
    this.#ways = ways;
  }

  async save(document: DatasetDocument, signal: AbortSignal): Promise<void> {
    try {
      await document.save(signal);
      return;
    } catch (error) {
      if (!isAppError(error, 'store.stale')) throw error;
    }
    const version = await document.version();
    if (savesByItself(document.uri) && this.#turnedAway.get(document) === version) {
      throw cancelled();
    }
    if (!(await this.#overwrite(document))) {
      this.#turnedAway.set(document, version);
      throw cancelled();
    }
    // What was agreed to is this version: one that came while the question stood is asked about anew.
    await document.keep(version);
    await this.save(document, signal);
  }

  #overwrite(document: DatasetDocument): Promise<boolean> {
    const open =
      this.#open.get(document) ??
      this.#ask(document).finally(() => void this.#open.delete(document));
    this.#open.set(document, open);
    return open;
  }

  async #ask(document: DatasetDocument): Promise<boolean> {
    const { t } = vscode.l10n;
    const overwrite = t('Overwrite');
    const compare = t('Compare');
    const reload = t('Reload');
    const deleted = (await document.version()) === 'none';
    const chosen = await vscode.window.showWarningMessage(
      deleted
        ? t('{0} was deleted on disk.', document.name)
        : t('{0} was changed on disk after you began to edit it.', document.name),
      {
        modal: true,
        detail: deleted
          ? t('Overwrite writes it again with your edits.')
          : t(
              'Overwrite replaces what is on disk with what you see here. Reload takes what is on disk and drops your edits. Compare shows both.',
            ),
      },
      // The first is what Enter means: it should cost nobody anything.
      ...(deleted ? [overwrite] : [compare, overwrite, reload]),
    );
    if (chosen === compare) await this.#ways.compare(document);
    if (chosen === reload) this.#ways.reload(document);
    return chosen === overwrite;
  }
}

function savesByItself(uri: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration('files', uri).get<string>('autoSave', 'off') !== 'off';
}
