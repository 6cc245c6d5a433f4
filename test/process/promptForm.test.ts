import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadProject } from '../../src/node/project/loadProject.ts';
import { renderChatFrame } from '../../src/node/python/chatFrame.ts';
import { testPython } from '../fakes/runHarness.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { recordsIn, smallPractice, startTailor } from './practiceLoop.ts';

const BRIDGE = join(import.meta.dirname, '..', '..', 'python-bridge');
const TURNS = [
  '{% for m in messages %}<|pad|>{{ m.role }}\n{{ m.content | trim }}<|end|>\n{% endfor %}',
  '{% if add_generation_prompt %}<|pad|>assistant\n{% endif %}',
].join('');

async function practiceWith(template: string): Promise<{ root: string; student: string }> {
  const root = join(await temporaryFolder(), 'practice');
  await smallPractice(root, { train: 24, dev: 16, unseen: 6 });
  const student = join(root, (await loadProject(root)).file.student);
  await writeFile(join(student, 'chat_template.jinja'), template);
  return { root, student };
}

const projectOf = async (root: string): Promise<Record<string, unknown>> =>
  // SAFETY: the project's own JSON; what is read of it is compared below.
  JSON.parse(await readFile(join(root, 'tailor.json'), 'utf8')) as Record<string, unknown>;

it('a student in its chat template goes through a round: engine, trainer and its probes see the same prompts', async () => {
  const { root } = await practiceWith(TURNS);
  const chosen = await startTailor(['choose', '--chat', 'template', '--project', root]).finished;
  expect([chosen.code, chosen.stderr]).toEqual([0, '']);
  expect(chosen.stdout).toContain(
    '<|pad|>user\nQuestion: …\nReasoning:<|end|>\n<|pad|>assistant\n',
  );
  expect(await projectOf(root)).toMatchObject({
    chat: { prefix: '<|pad|>user\n', end: '<|end|>', endId: 1 },
  });
  const round = await startTailor(['round', '--rounds', '1', '--project', root]).finished;
  expect([round.code, round.stderr]).toEqual([0, expect.any(String)]);
  const runs = join(root, 'rounds', '0', 'runs');
  const [run = ''] = await readdir(runs);
  const samples = recordsIn(join(runs, run), 'events').filter(({ type }) => type === 'sample');
  const exam = recordsIn(join(root, 'rounds', '1', 'exam'), 'dev.');
  const told = (of: typeof exam) =>
    new Map(of.map(({ questionId, text, finish }) => [questionId, { text, finish }]));
  expect(samples).toHaveLength(16);
  expect(told(samples)).toEqual(told(exam));
  const plain = await startTailor(['choose', '--chat', 'plain', '--project', root]).finished;
  expect(plain.stdout).toContain('are sat again');
  expect(await projectOf(root)).not.toHaveProperty('chat');
}, 300_000);

it('threat 15: a hostile chat template is rendered in a sandbox alone, and ended where it does not end', async () => {
  const fired = join(await temporaryFolder(), 'fired');
  const { root, student } = await practiceWith(
    `{{ cycler.__init__.__globals__.__builtins__.exec("open('${fired}', 'w')") }}`,
  );
  const refused = await startTailor(['choose', '--chat', 'template', '--project', root]).finished;
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('The chat template cannot be rendered');
  await expect(access(fired)).rejects.toThrow();
  expect(await projectOf(root)).not.toHaveProperty('chat');

  const loops = '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}';
  await writeFile(join(student, 'chat_template.jinja'), loops);
  const rendering = renderChatFrame(await testPython(), {
    bundle: BRIDGE,
    student,
    environment: process.env,
    signal: new AbortController().signal,
    timeoutMs: 8000,
  });
  await expect(rendering).rejects.toThrow('was not rendered within 8 s');
}, 120_000);
