// Opens a project's review and accepts or rejects questions, one line a decision, until it is killed.
import { NO_FILTER } from '../../../src/shared/reviewQueue.ts';
import { openReview } from '../../bench/uiHost.ts';

const [root = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const service = await openReview(root);
const view = service.handlersFor('panel');
const filter = { ...NO_FILTER, status: ['todo' as const] };
const { rows } = await view.query({ filter, sort: 'data-order', near: null }, signal);
for (const [place, { id }] of rows.entries()) {
  const act = { type: place % 3 === 2 ? ('reject' as const) : ('accept' as const) };
  const { record } = await view.decide({ id, act, round: null, seen: null }, signal);
  console.log(`${id} ${record.row.status}`);
}
// Whatever comes next is the kill.
setInterval(() => undefined, 1_000);
