import { expect, it } from 'vitest';
import { previewFreeze } from '../../../../src/node/commands/freezePreview.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { untilFreeze } from '../../../fakes/untilFreeze.ts';

it('a preview names sources where there are rationales, and no empty list where there are none', async () => {
  const { root, ports } = await reportProject({ rounds: 1 });
  await untilFreeze(ports);
  const { text, json } = await previewFreeze(commandContext(root), {});
  const first = String(text).split('\n')[0] ?? '';
  const { positives, withPair } = json.coverage;
  const rationales =
    positives === 0
      ? 'no rationale'
      : `${positives} ${positives === 1 ? 'rationale' : 'rationales'} (`;
  expect(first).toContain(`: ${rationales}`);
  expect(first).toContain(
    `${withPair} ${withPair === 1 ? 'question' : 'questions'} with a reflection pair`,
  );
  expect(String(text)).not.toContain('()');
});
