import type { RoundView } from '../../shared/dashboardContract.ts';
import type { PictureRound } from './picture.ts';

/** What the second opinions of a round come to, and what they took; undefined where nobody asked for one. */
export function opinionsView({
  taught: { judged },
  opinions = null,
}: Pick<PictureRound, 'taught' | 'opinions'>): RoundView['opinions'] {
  const took = judged ?? { calls: 0, promptTokens: 0, completionTokens: 0 };
  if (opinions === null) {
    return took.calls === 0 ? undefined : { scored: 0, mean: null, apart: 0, settled: 0, ...took };
  }
  const { scored, mean, disagreements: apart, settled } = opinions;
  return { scored, mean, apart, settled, ...took };
}
