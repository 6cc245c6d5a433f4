import { Purse } from '../../shared/money.ts';
import type { RoundView } from '../../shared/dashboardContract.ts';
import type { ServedExams } from '../exam/servedSpending.ts';
import { costOf, type Prices } from '../teaching/prices.ts';
import { spentInAll, type Spent } from './teaching.ts';

/** The built-in teacher's profile: it runs here and is paid by nobody. */
const FREE = 'programmatic';

/**
 * What a round's teaching took. Money is what the records say, each in its currency; what they leave open counts at the
 * prices of today. It is only named where all of it is known: a part of a sum would read as the sum.
 */
export function spentView(
  spent: ReadonlyMap<string, Spent>,
  prices: ReadonlyMap<string, Prices>,
): RoundView['spent'] {
  const { cachedTokens: _, recorded: __, unpriced: ___, ...shown } = spentInAll(spent);
  return { ...shown, money: moneyOf(spent, prices) };
}

/** The same of each profile that was asked: another one may have been asked for second opinions alone. */
export function askedView(
  spent: ReadonlyMap<string, Spent>,
  prices: ReadonlyMap<string, Prices>,
  teacher: RoundView['teacher'],
): RoundView['asked'] {
  return [...spent].map(([profile, one]) => ({
    profile,
    programmatic: profile === FREE || (teacher?.profile === profile && teacher.programmatic),
    ...spentView(new Map([[profile, one]]), prices),
  }));
}

/** What a round's exams took at a server, as its journals tell. */
export function servedView({ spent }: ServedExams): RoundView['served'] {
  if (spent === null) return { spent };
  const { profiles, money, ...shown } = spent;
  return { spent: { ...shown, profiles: [...profiles], money: money && [...money] } };
}

function moneyOf(
  spent: ReadonlyMap<string, Spent>,
  prices: ReadonlyMap<string, Prices>,
): RoundView['spent']['money'] {
  const purse = new Purse();
  for (const [profile, { recorded, unpriced }] of spent) {
    if (profile === FREE) continue;
    purse.addAll(recorded);
    if (recorded.length > 0 && unpriced.promptTokens + unpriced.completionTokens === 0) continue;
    const price = prices.get(profile);
    if (price === undefined) return null;
    purse.add(costOf(unpriced, price), price.currency);
  }
  return purse.amounts;
}
