import type * as vscode from 'vscode';

/** Answers a step of a conversation with its back button. */
export const GO_BACK = '<back>';

export interface InputParts {
  /** The person's next answer: a label or a text, `GO_BACK`, or nothing to turn away. */
  answer(): string | undefined;
  /** Told of each question, and of what was said to be wrong with an answer. */
  asked(question: {
    readonly title: string;
    readonly text: string;
    readonly items: string[];
  }): void;
  problem(text: string): void;
  tracked<T extends object>(value: T, end?: () => void): T & { dispose(): void };
}

class Signal<T> {
  readonly #listeners = new Set<(value: T) => unknown>();
  readonly #parts: InputParts;
  constructor(parts: InputParts) {
    this.#parts = parts;
  }
  readonly event = (listener: (value: T) => unknown): { dispose(): void } => {
    this.#listeners.add(listener);
    return this.#parts.tracked({}, () => this.#listeners.delete(listener));
  };
  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}

/** `createQuickPick` and `createInputBox`, answered by a person who has thought about it beforehand. */
export function fakeInputs(parts: InputParts) {
  const events = () => ({
    accept: new Signal<undefined>(parts),
    hide: new Signal<undefined>(parts),
    button: new Signal<vscode.QuickInputButton>(parts),
    change: new Signal<string>(parts),
  });
  return {
    createQuickPick: () => {
      const { accept, hide, button } = events();
      const pick = parts.tracked({
        title: '',
        placeholder: '',
        items: [] as vscode.QuickPickItem[],
        selectedItems: [] as vscode.QuickPickItem[],
        activeItems: [] as vscode.QuickPickItem[],
        onDidAccept: accept.event,
        onDidHide: hide.event,
        onDidTriggerButton: button.event,
        show: () => {
          const { title, placeholder: text, items } = pick;
          parts.asked({ title, text, items: items.map(({ label }) => label) });
          queueMicrotask(() => {
            const chosen = parts.answer();
            if (chosen === undefined) {
              hide.fire(undefined);
              return;
            }
            // SAFETY: nobody looks at which button it is: there is one.
            if (chosen === GO_BACK) {
              button.fire({} as vscode.QuickInputButton);
              return;
            }
            const item = items.find(
              ({ label }) => label === chosen || label.endsWith(` ${chosen}`),
            );
            if (!item)
              throw new Error(
                `"${chosen}" is not among ${items.map(({ label }) => label).join(', ')}`,
              );
            pick.selectedItems = [item];
            accept.fire(undefined);
          });
        },
      });
      return pick;
    },
    createInputBox: () => {
      const { accept, hide, button, change } = events();
      const box = parts.tracked({
        title: '',
        prompt: '',
        value: '',
        password: false,
        validationMessage: undefined as string | undefined,
        onDidAccept: accept.event,
        onDidHide: hide.event,
        onDidTriggerButton: button.event,
        onDidChangeValue: change.event,
        show: () => {
          parts.asked({ title: box.title, text: box.prompt, items: [] });
          queueMicrotask(() => {
            for (;;) {
              const text = parts.answer();
              if (text === undefined) {
                hide.fire(undefined);
                return;
              }
              // SAFETY: nobody looks at which button it is: there is one.
              if (text === GO_BACK) {
                button.fire({} as vscode.QuickInputButton);
                return;
              }
              box.value = text;
              change.fire(text);
              accept.fire(undefined);
              if (box.validationMessage === undefined) return undefined;
              parts.problem(box.validationMessage);
            }
          });
        },
      });
      return box;
    },
  };
}
