import { expect, it } from 'vitest';
import { promptFormOf } from '../../../../src/core/exam/promptForm.ts';
import { loadRound, runRounds } from '../../../../src/core/round/runRounds.ts';
import { planRun } from '../../../../src/core/round/trainRound.ts';
import { CHAT } from '../../../fakes/chat.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

/** A project whose student is asked in its chat template. */
function chatty() {
  const made = setUp();
  Object.assign(made.store.project, { chat: CHAT });
  return made;
}

it('a round in a chat template: asked, frozen and trained in it', async () => {
  const { store, ports, student } = chatty();
  const asked = new Set<unknown>();
  const sit = student.sit.bind(student);
  student.sit = (request, hooks) => {
    asked.add(request.chat);
    return sit(request, hooks);
  };
  await runRounds(ports, 1);
  expect([...asked]).toEqual([CHAT]);
  const rows = store.rows.get(0) ?? [];
  expect(rows.length).toBeGreaterThan(0);
  // A space before the teacher's texts alone would tell them from the student's.
  const begins = rows.flatMap(({ positives }) => positives.map(({ completion }) => completion[0]));
  expect(begins).not.toContain(' ');
  expect(store.manifests.get(0)?.promptForm).toBe(promptFormOf(CHAT));
  const { config } = await planRun(ports, await loadRound(ports, 0), true);
  expect(config).toMatchObject({ chat: CHAT, promptForm: promptFormOf(CHAT) });
});

it('a set that was frozen in another form of prompts is not trained on', async () => {
  const { store, ports } = chatty();
  await runRounds(ports, 1);
  const state = await loadRound(ports, 0);
  await expect(planRun(ports, state, true)).resolves.toBeDefined();
  Object.assign(store.project, { chat: undefined });
  await expect(planRun(ports, state, true)).rejects.toMatchObject({ code: 'round.changed' });
});

it('other prompts are another exam', async () => {
  const plain = setUp();
  const chat = chatty();
  await Promise.all([runRounds(plain.ports, 1), runRounds(chat.ports, 1)]);
  const exams = [plain, chat].map(({ store }) => store.states.get(0)?.exams['dev']?.fingerprint);
  expect(new Set(exams).size).toBe(2);
});
