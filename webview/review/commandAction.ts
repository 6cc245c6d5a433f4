import type { Payload } from '../../src/shared/contract.ts';
import type { ReviewContract } from '../../src/shared/reviewContract.ts';
import type { Action } from './actions.ts';

/** What a palette command means here: the names are the actions' own. */
export function commandAction(name: Payload<ReviewContract, 'command'>['name']): Action {
  return name;
}
