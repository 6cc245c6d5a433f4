import { commandContext } from './commandContext.ts';
import { confirmGolds } from '../../src/core/round/curateRound.ts';
import { openRound, reduceRound } from '../../src/core/round/state.ts';
import { Session } from '../../src/node/session/session.ts';
import { sums } from './loopFakes.ts';
import { openStore, writeProject } from './projectFolder.ts';
import { aCandidate } from './reviewMaterial.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const FINGERPRINT = 'f'.repeat(64);
const SAMPLES = 4;

/**
 * A project of three questions that this installation has examined and taught: all samples agree on a wrong answer,
 * and the equations of the first two questions prove their golds, which the rule has confirmed.
 */
export async function examinedProject() {
  const root = await temporaryFolder();
  const questions = sums('q', 3, 1).map(({ equation, ...question }, index) =>
    index < 2 ? { ...question, equation } : question,
  );
  await writeProject(root, { train: questions, dev: sums('d', 2, 50) });
  const context = commandContext(root);
  const session = await Session.open(context, { folder: root });
  const { store } = session;
  const exam = await store.openExam(0, 'train', FINGERPRINT);
  for (const { id } of questions) {
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const text = ' 1 + 98 = 99.\nAnswer: 99';
      await exam.append({ questionId: id, sample, text, ids: [1], finish: 'eos', minMargin: 1 });
    }
  }
  await exam.close();
  await store.saveState(
    reduceRound(openRound(0, { path: 'models/base', digest: 'd' }), {
      type: 'exam-finished',
      set: 'train',
      fingerprint: FINGERPRINT,
      questions: questions.length,
      samples: SAMPLES,
    }),
  );
  await confirmGolds({ store }, 0);
  const teaching = await store.openTeaching(0);
  for (const question of questions.slice(0, 2)) {
    const sum = /\d+ plus \d+/u.exec(question.question)?.[0].replace('plus', '+') ?? '';
    const rationale = `${sum} = ${question.answer}.\nAnswer: ${question.answer}`;
    await teaching.append(aCandidate(question, rationale));
  }
  await teaching.close();
  await session.close();
  return { root, context, decided: () => openStore(root).store.decisions(0) };
}
