import type { Browser } from 'playwright-core';
import type { Contract } from '../../src/shared/contract.ts';
import type { PageOptions, ViewTab } from './browserPage.ts';

/** How a page is looked at; where it stands, the view says. */
export type LookOptions = Omit<PageOptions, 'place'>;

/** A page of any view. */
export type AnyTab = Omit<ViewTab<Contract>, 'server'>;

/** A page that is in a state, and the host behind it. */
export interface Look<C extends Contract, H> {
  readonly tab: ViewTab<C>;
  readonly host: H;
}

/** A view, every state of it that a person can meet, and how a page is brought into one. */
export interface View<S, L> {
  readonly states: Readonly<Record<string, S>>;
  readonly lookAt: (browser: Browser, state: S, options: LookOptions) => Promise<L>;
}

/** A state of a view by its name. */
export function stateNamed<S>({ states }: Pick<View<S, unknown>, 'states'>, name: string): S {
  const state = states[name];
  if (!state) throw new Error(`There is no state "${name}".`);
  return state;
}
