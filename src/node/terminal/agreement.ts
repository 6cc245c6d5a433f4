import type { CommandContext } from '../commands/context.ts';
import type { ImportOptions } from '../commands/importData.ts';
import { askYes } from './askYes.ts';

/** How a guess is agreed to, once it was shown: by --yes, else on a terminal; null where nobody can be asked. */
export function agreement(
  options: { readonly yes?: boolean; readonly json?: boolean },
  context: Pick<CommandContext, 'signal'>,
  say: (text: string) => void,
): NonNullable<ImportOptions['agree']> | null {
  if (options.yes === true) {
    return (shown) => {
      say(String(shown));
      return Promise.resolve(true);
    };
  }
  if (options.json === true || !process.stdin.isTTY || !process.stderr.isTTY) return null;
  return (shown) => {
    say(String(shown));
    return askYes('Import it so? [y/N] ', context.signal);
  };
}
