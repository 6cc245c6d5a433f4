import type { RoundView } from '../../shared/dashboardContract.ts';
import type { ServedExams } from '../exam/servedSpending.ts';
import { costOf, type Prices } from '../teaching/prices.ts';
import { spentInAll, type Spent } from './teaching.ts';

/** The built-in teacher's profile: it runs here and is paid by nobody. */
const FREE = 'programmatic';

/**
 * What a round's teaching took. Money is only named where every profile that was asked has a price, in one currency:
 * a part of a sum would read as the sum.
 */
export function spentView(
  spent: ReadonlyMap<string, Spent>,
  prices: ReadonlyMap<string, Prices>,
): RoundView['spent'] {
  const { cachedTokens: _, ...shown } = spentInAll(spent);
  return { ...shown, ...moneyOf(spent, prices) };
}

/** What a round's exams took at a server, as its journals tell. */
export function servedView({ spent }: ServedExams): RoundView['served'] {
  return { spent: spent && { ...spent, profiles: [...spent.profiles] } };
}

function moneyOf(
  spent: ReadonlyMap<string, Spent>,
  prices: ReadonlyMap<string, Prices>,
): Pick<RoundView['spent'], 'money' | 'currency'> {
  const unknown = { money: null, currency: null };
  let money = 0;
  const currencies = new Set<string>();
  for (const [profile, tokens] of spent) {
    if (profile === FREE) continue;
    const price = prices.get(profile);
    if (price === undefined) return unknown;
    currencies.add(price.currency);
    money += costOf(tokens, price);
  }
  if (currencies.size > 1) return unknown;
  const [currency = null] = currencies;
  return { money, currency };
}
