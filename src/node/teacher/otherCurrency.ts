import { AppError, type ErrorCode } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Prices } from '../../core/teaching/prices.ts';
import { amountsText, spentElsewhere, type Amount } from '../../shared/money.ts';

/** Whose limit of money it is, and where in tailor.json it stands. */
interface Limited {
  readonly code: Extract<ErrorCode, 'teacher.budget' | 'student.budget'>;
  readonly profile: string;
  readonly prices: Prices | undefined;
  readonly maxCost: number | undefined;
}

/** The refusal where a limit of money is in one currency and the round's money was spent in another; null elsewhere. */
export function otherCurrency(
  { code, profile, prices, maxCost }: Limited,
  spent: readonly Amount[],
): AppError | null {
  if (maxCost === undefined || prices === undefined) return null;
  const elsewhere = spentElsewhere(prices.currency, spent);
  if (elsewhere.length === 0) return null;
  const { currency } = prices;
  return new AppError(
    code,
    sentence`This round’s limit of money cannot hold: ${amountsText(elsewhere)} are spent already, and the prices of ${profile} are in ${currency}.`,
    {
      hint:
        code === 'teacher.budget'
          ? sentence`Give the prices of all teachers of a round in one currency, or take teaching.maxCost out of tailor.json: teaching.maxTotalTokens and teaching.maxRequests limit the round then.`
          : sentence`Give the prices of all student servers of a round in one currency, or take exam.maxCost out of tailor.json: exam.maxRequests can limit the round then.`,
      detail: { scope: 'run', currency, elsewhere },
    },
  );
}
