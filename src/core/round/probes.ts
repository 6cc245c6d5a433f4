import type { RunConfig } from '../training/run.ts';
import { promptOf } from '../exam/promptForm.ts';
import { isNumber } from '../grading/gradeAnswer.ts';
import { curationUpTo } from './curationUpTo.ts';
import { chooseByHash } from './exam.ts';
import type { RoundStore } from './store.ts';

const PROBES = 32;
/** All of them together take no longer after an epoch. */
const SECONDS = 60;
/** A longer one would fill run.json and say little. */
const MAX_PROMPT = 20_000;

/** The dev questions that a run answers after every epoch: the same in every round, chosen by the hash of their ids. */
export async function probesFor(
  store: RoundStore,
  round: number,
): Promise<Pick<RunConfig, 'probes'>> {
  const { maxNewTokens, stopAtAnswerLine } = store.project.exam;
  const head = await store.head();
  const { gold } = await curationUpTo(store, round);
  // The trainer reads numbers alone.
  const numeric = (await store.questions('dev')).filter(isNumber);
  const items = chooseByHash(numeric, PROBES)
    .map(({ id, question, answer }) => ({
      id,
      prompt: head + promptOf({ question }),
      gold: gold.get(id) ?? answer,
    }))
    .filter(({ prompt }) => prompt.length <= MAX_PROMPT);
  if (items.length === 0) return {};
  return { probes: { items, maxNewTokens, stopAtAnswerLine, seconds: SECONDS } };
}
