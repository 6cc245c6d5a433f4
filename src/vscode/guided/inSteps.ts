import * as vscode from 'vscode';
import { cancelled } from '../../core/errors.ts';

/** The person wants to see the step before again. */
export const BACK = Symbol('back');
export type Back = typeof BACK;

/** Where a step stands in its conversation. */
export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** One question: what is known so far in, what is known then out. */
export type Ask<S> = (known: S, place: Place) => Promise<S | Back>;

/** Asks one thing after the other; back goes one step back with what was known there, Escape ends it all. */
export async function inSteps<S>(title: string, first: S, asks: readonly Ask<S>[]): Promise<S> {
  const known: S[] = [first];
  for (;;) {
    const ask = asks[known.length - 1];
    const last = known.at(-1) ?? first;
    if (!ask) return last;
    const answer = await ask(last, { title, step: known.length, totalSteps: asks.length });
    if (answer !== BACK) known.push(answer);
    else if (known.length > 1) known.pop();
  }
}

/** One choice of a list. Rejects with `cancelled` where the person turns away. */
export function pick<T extends vscode.QuickPickItem>(
  place: Place,
  placeholder: string,
  items: readonly T[],
): Promise<T | Back> {
  const input = vscode.window.createQuickPick<T>();
  input.items = items;
  input.placeholder = placeholder;
  input.matchOnDetail = true;
  return shown(input, place, (): T | undefined => input.selectedItems[0] ?? input.activeItems[0]);
}

/** One line of text. `problem` says what is wrong with it; an empty reason is none. */
export function ask(
  place: Place,
  prompt: string,
  options: {
    readonly value?: string;
    readonly placeholder?: string;
    readonly secret?: boolean;
    readonly problem?: (value: string) => string | null;
  } = {},
): Promise<string | Back> {
  const input = vscode.window.createInputBox();
  input.prompt = prompt;
  input.value = options.value ?? '';
  input.password = options.secret === true;
  if (options.placeholder !== undefined) input.placeholder = options.placeholder;
  const listening = input.onDidChangeValue(() => {
    input.validationMessage = undefined;
  });
  return shown(input, place, () => {
    const value = input.value.trim();
    const problem = options.problem?.(value) ?? null;
    input.validationMessage = problem ?? undefined;
    return problem === null ? value : undefined;
  }).finally(() => void listening.dispose());
}

function shown<T>(
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  { title, step, totalSteps }: Place,
  result: () => T | undefined,
): Promise<T | Back> {
  input.title = title;
  input.step = step;
  input.totalSteps = totalSteps;
  input.ignoreFocusOut = true;
  input.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
  const listening: vscode.Disposable[] = [];
  const answer = new Promise<T | Back>((resolve, reject) => {
    listening.push(
      input.onDidAccept(() => {
        const value = result();
        if (value !== undefined) resolve(value);
      }),
      input.onDidTriggerButton(() => resolve(BACK)),
      input.onDidHide(() => reject(cancelled())),
    );
    input.show();
  });
  return answer.finally(() => {
    for (const one of listening) one.dispose();
    input.dispose();
  });
}
