import { expect, it } from 'vitest';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { runRounds } from '../../../../src/core/round/runRounds.ts';
import { FakeTeacher, sums } from '../../../fakes/loopFakes.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const KINDS: readonly (Pick<Question, 'kind' | 'answer' | 'choices'> & { wrong: string })[] = [
  { answer: '12', wrong: '13' },
  { kind: 'choice', answer: 'b', choices: ['ink', 'blotter', 'pen'], wrong: '(c)' },
  { kind: 'yes-no', answer: 'yes', wrong: 'no' },
  { kind: 'exact', answer: 'New York', wrong: 'Boston' },
  { kind: 'regex', answer: '4[0-9]', wrong: '51' },
];

it('two rounds over answers of every kind: each is asked, graded, taught, paired with its own mistake and asked again', async () => {
  const { store, ports, student } = setUp();
  const wrongOf = new Map<string, string>();
  const train = sums('train', 40, 10).map(({ id, question }, index): Question => {
    const { wrong, ...gold } = KINDS[index % 5]!;
    wrongOf.set(id, wrong);
    return { id, question, ...gold };
  });
  store.sets['train'] = train;
  const byId = new Map([...train, ...(store.sets['dev'] ?? [])].map((one) => [one.id, one]));
  const said = ({ kind, answer }: Question): string =>
    kind === 'choice' ? `(${answer})` : kind === 'regex' ? '42' : answer;
  const prompts = new Map<string, string>();
  let sittings = 0;
  student.sit = async ({ items }, hooks) => {
    sittings += 1;
    for (const { questionId, sample, prompt } of items) {
      prompts.set(questionId, prompt);
      const question = byId.get(questionId)!;
      // Half of the samples are wrong; one alone agrees on nothing.
      const answer = sample === 0 ? (wrongOf.get(questionId) ?? '0') : said(question);
      const text = ` It is so, way ${sample}.\nAnswer: ${answer}`;
      await hooks.onAttempt({
        questionId,
        sample,
        text: text.replace(/nr (\d+)/u, '$1'),
        ids: [1],
        finish: 'eos',
        minMargin: 1,
      });
    }
  };
  const seen: string[] = [];
  const fake = new FakeTeacher(train);
  const teacher = Object.assign(Object.create(fake) as FakeTeacher, {
    profile: 'fake',
    programmatic: false,
    spending: () => fake.spending(),
    ask: async (request: Parameters<FakeTeacher['ask']>[0]) => {
      const reply = await fake.ask(request);
      seen.push(
        `${request.templateId}: ${request.messages.map(({ content }) => content).join('\n')}`,
      );
      const words = `One sees it, way ${request.draw} ${request.purpose}.\nAnswer: ${said(byId.get(request.questionId)!)}\nEND`;
      const head = 'FIRST WRONG STEP: 1\nKIND: knowledge\nWHY: It is another one.\nCORRECTED:\n';
      return { ...reply, text: request.purpose === 'feedback' ? head + words : words };
    },
  });
  ports.openTeacher = () =>
    Promise.resolve({ teacher, concurrency: 1, close: () => Promise.resolve() });
  await runRounds(ports, 2);
  expect([...store.manifests.keys()]).toEqual([0, 1]);
  for (const round of [0, 1]) {
    const rows = store.rows.get(round) ?? [];
    expect(rows).toHaveLength(40);
    for (const { kind } of KINDS) {
      const own = rows.filter((row) => row.kind === kind);
      expect([kind, own.length]).toEqual([kind, 8]);
      const mistakes = own.flatMap(({ negatives }) => negatives.map(({ text }) => text));
      expect([kind, mistakes.length > 0]).toEqual([kind, true]);
      const wrong = KINDS.find((one) => one.kind === kind)?.wrong ?? '';
      expect(mistakes.every((text) => text.endsWith(`Answer: ${wrong}`))).toBe(true);
    }
  }
  expect(sittings).toBeGreaterThanOrEqual(5);
  expect(prompts.get('train-1')).toContain(
    '\nAnswer Choices:\n(a) ink\n(b) blotter\n(c) pen\nReasoning:',
  );
  expect(prompts.get('train-0')).not.toContain('Choices');
  const system = (name: string): string => seen.find((text) => text.startsWith(`${name}: `)) ?? '';
  expect(system('annotate-1')).toContain('the final number alone');
  for (const [name, words] of [
    ['annotate-choice-1', 'letter of one choice in brackets'],
    ['feedback-yes-no-1', 'yes or no alone'],
    ['feedback-exact-1', 'in as few words as it takes'],
  ] as const) {
    expect([name, system(name)]).toEqual([name, expect.stringContaining(words)]);
    expect(system(name)).not.toContain('final number');
  }
  expect(store.manifests.get(1)?.grader).toBe('numeric-1+choice-2+exact-1+regex-1+yes-no-2');
});
