import { FOCUSABLE } from './focusable.ts';

/** The parts of a page, each with `data-region`, that F6 goes round. */
export interface Regions {
  /** The focus goes to a part, or to the first thing in it; false where it has none. */
  focus(name: string): boolean;
  move(step: 1 | -1): void;
}

/** The regions of a document that are among `names`, in the order in which F6 goes. */
export function regionsOf(document: Document, names: readonly string[]): Regions {
  const focus = (name: string): boolean => {
    const region = document.querySelector<HTMLElement>(`[data-region="${name}"]`);
    if (!region) return false;
    const inside = `textarea, ${FOCUSABLE}`;
    const target = region.tabIndex >= 0 ? region : region.querySelector<HTMLElement>(inside);
    target?.focus();
    return target !== null;
  };
  return {
    focus,
    move: (step) => {
      const now = document.activeElement?.closest('[data-region]')?.getAttribute('data-region');
      const at = names.indexOf(now ?? '');
      for (let hop = 1; hop <= names.length; hop += 1) {
        const place = (at + step * hop + 2 * names.length) % names.length;
        if (focus(names[place] ?? '')) return;
      }
    },
  };
}
