import { expect, it } from 'vitest';
import type { Curation } from '../../../../src/core/curation/curation.ts';
import { OverlapFinder } from '../../../../src/node/dashboard/overlapFinder.ts';
import { boardProject } from '../../../webview/boardProject.ts';

it('looks again where people have accepted, edited or written what is taught, and not for a rule’s word', async () => {
  const picture = boardProject({ rounds: 2 });
  const finder = new OverlapFinder();
  const found = await finder.find(picture, new AbortController().signal);
  const { curation } = picture;
  const known = (changed: Partial<Curation>) =>
    finder.known({ ...picture, curation: { ...curation, ...changed } });
  const withItem = (one: { by: 'person' | 'rule'; rationale?: string }) =>
    known({
      items: new Map([
        ...curation.items,
        ['i', { status: 'accepted', round: 1, order: 9, ...one }],
      ]),
    });
  expect(known({})).toBe(found);
  expect(withItem({ by: 'rule' })).toBe(found);
  expect(withItem({ by: 'person' })).toBeNull();
  expect(withItem({ by: 'rule', rationale: 'Another text.\nAnswer: 4' })).toBeNull();
  const text = { id: 'w', rationale: 'A text of a person.\nAnswer: 4', round: 1 };
  expect(known({ written: new Map([...curation.written, ['q', [text]]]) })).toBeNull();
});
