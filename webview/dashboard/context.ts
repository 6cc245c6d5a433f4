import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { DashboardStore } from './store.ts';

export const StoreContext = createContext<DashboardStore | null>(null);

/** The page's store. */
export function useBoard(): DashboardStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('No dashboard stands around this.');
  return store;
}
