import { expect, it } from 'vitest';
import { sha256Json } from '../../src/core/hash.ts';
import { teachQuestion } from '../../src/core/teaching/teachQuestion.ts';
import { DEFAULT_TEMPLATES, parseTemplate } from '../../src/core/teaching/templates.ts';
import { startProgrammaticTeacher } from '../../src/node/programmatic/server.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { programmaticEndpoint } from '../../src/node/teacher/endpoint.ts';
import { never, newBench } from '../fakes/teacherBench.ts';

const question = {
  id: 'q1',
  question: 'Ann has 3 bags of 4 apples. She eats 5 apples. How many apples are left?',
  answer: '7',
  equation: '3 * 4 - 5',
};

it('the built-in teacher teaches through the real client, and a restart on another port pays nothing', async () => {
  const bench = await newBench();
  const open = async (writer: string) => {
    const server = await startProgrammaticTeacher({ questions: [question], clock: systemClock });
    const { name: model, version, dataHash } = server.identity;
    const opened = await bench.open(
      programmaticEndpoint({
        baseURL: server.baseURL,
        token: server.token,
        model,
        version,
        dataHash,
      }),
      { writer },
    );
    return { server, teacher: opened.teacher };
  };
  const common = {
    question,
    previous: [],
    existingTexts: [],
    limits: { maxSteps: 8, maxCharacters: 800 },
    temperature: 0.7,
    maxTokens: 512,
    signal: never,
  };
  const wrong = { sample: 0, fingerprint: 'f', text: '3 * 4 = 12.\n12 + 5 = 17.\nAnswer: 17' };
  const lesson = async (teacher: Awaited<ReturnType<typeof open>>['teacher']) => ({
    annotated: await teachQuestion({
      ...common,
      teacher,
      purpose: 'annotate',
      wanted: 2,
      template: parseTemplate('annotate', DEFAULT_TEMPLATES.annotate),
    }),
    corrected: await teachQuestion({
      ...common,
      teacher,
      purpose: 'feedback',
      wanted: 1,
      attempt: wrong,
      template: parseTemplate('feedback', DEFAULT_TEMPLATES.feedback),
    }),
  });
  const first = await open('w1');
  const taught = await lesson(first.teacher);
  await first.server.close();
  const second = await open('w2');
  const again = await lesson(second.teacher);
  await second.server.close();
  await bench.dispose();

  expect(taught.annotated.settled).toBe('enough');
  expect(taught.annotated.items.filter(({ accepted }) => accepted)).toHaveLength(2);
  expect(taught.corrected).toMatchObject({
    settled: 'enough',
    items: [{ firstErrorStep: 2, errorKind: 'wrong_operation', accepted: true }],
  });
  const items = [...taught.annotated.items, ...taught.corrected.items];
  expect(items.every(({ flags }) => flags.includes('programmatic'))).toBe(true);
  expect(sha256Json(again)).toBe(sha256Json(taught));
  expect(second.teacher.spending().cacheHits).toBe(items.length);
  expect(second.teacher.spending().requests).toBe(items.length);
});
