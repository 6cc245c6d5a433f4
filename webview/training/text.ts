import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { trainingWords, type TrainingWords } from '../../src/shared/trainingWords.ts';

export const WordsContext = createContext<TrainingWords>(trainingWords({}, 'en'));

export function useWords(): TrainingWords {
  return useContext(WordsContext);
}

/** What the trainer does, and how much of that is done where it says so. */
export function phaseText(
  words: TrainingWords,
  phase: string,
  part: TrainingSnapshot['part'],
): string {
  const name = words.known('phase', phase);
  return part === null ? name : words('phase.part', name, part.done, part.of);
}

/** How long a wait is, as coarse as anybody wants to know it. */
export function waitText(words: TrainingWords, ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return words('left.seconds', seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return words('left.minutes', minutes);
  return words('left.hours', Math.floor(minutes / 60), minutes % 60);
}
