import type { ExamRequest } from '../../core/exam/attempt.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import { aboutPrices, costOf, type Prices } from '../../core/teaching/prices.ts';
import { plainAmount } from '../../shared/money.ts';
import { guessTokens } from '../teacher/budget.ts';

/** What an exam by a server will take at most, before its first request; answers mostly end earlier. */
export function estimateExam(
  name: string,
  { head, items, maxNewTokens }: Pick<ExamRequest, 'head' | 'items' | 'maxNewTokens'>,
  { together, prices, now }: { together: boolean; prices: Prices; now: number },
): Sentence {
  const asked = together
    ? [...new Map(items.map((item) => [item.questionId, item])).values()]
    : items;
  const promptTokens = asked.reduce((sum, { prompt }) => sum + guessTokens(head + prompt), 0);
  const completionTokens = items.length * maxNewTokens;
  const most = costOf({ promptTokens, completionTokens }, prices);
  return joined([
    sentence`${name}: ${asked.length} requests, about ${promptTokens} tokens to read and at most ${completionTokens} to write: at most about ${plainAmount(most)} ${prices.currency} at your prices.`,
    aboutPrices(prices, now),
  ]);
}
