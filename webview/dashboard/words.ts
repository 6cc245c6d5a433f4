import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { dashboardWords, type DashboardWords } from '../../src/shared/dashboardWords.ts';

export const DashboardWordsContext = createContext<DashboardWords>(dashboardWords({}, 'en'));

export function useBoardWords(): DashboardWords {
  return useContext(DashboardWordsContext);
}
