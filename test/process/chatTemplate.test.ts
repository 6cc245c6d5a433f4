import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FinishedAttempt } from '../../src/core/exam/attempt.ts';
import { EngineStudent } from '../../src/node/engineStudent.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { ENGINE_BUNDLE, TEXT_STUDENT } from './engineFixtures.ts';

const DIST = join(import.meta.dirname, '..', '..', 'dist');

/** Leaves a file where a template engine of either language runs it, and the canary where one renders it. */
function templateThatLeaves(file: string): string {
  const python = `open('${file}', 'w').close()`;
  const script = `process.getBuiltinModule('fs').writeFileSync('${file}', '')`;
  return [
    `{{ cycler.__init__.__globals__.__builtins__.exec("${python}") }}`,
    `{{ range.constructor("${script}")() }}`,
    'CANARY{{ raise_exception("rendered") }}',
  ].join('');
}

async function sit(student: string): Promise<FinishedAttempt[]> {
  const attempts: FinishedAttempt[] = [];
  await new EngineStudent(ENGINE_BUNDLE).sit(
    {
      student,
      head: '',
      items: [0, 1, 2].map((sample) => ({
        questionId: 'q',
        sample,
        prompt: 'Question: Tom has 3 apples and buys 4. How many?\nReasoning:',
      })),
      sampling: { temperature: 0.9, topK: 50, topP: 0.95 },
      seed: 'template',
      maxNewTokens: 24,
      stopAtAnswerLine: true,
      processes: 1,
    },
    {
      signal: new AbortController().signal,
      report: () => undefined,
      onAttempt: (attempt) => {
        attempts.push(attempt);
      },
    },
  );
  return attempts.sort((a, b) => a.sample - b.sample);
}

it('threat 15: a chat template in the student’s folder is neither rendered nor executed by the exam', async () => {
  const folder = await temporaryFolder();
  const fired = join(folder, 'fired');
  const student = join(folder, 'student');
  await cp(TEXT_STUDENT, student, { recursive: true });
  const template = templateThatLeaves(fired);
  await writeFile(join(student, 'chat_template.jinja'), template);
  const settings = join(student, 'tokenizer_config.json');
  const before: unknown = JSON.parse(await readFile(settings, 'utf8'));
  await writeFile(settings, JSON.stringify({ ...Object(before), chat_template: template }));

  const texts = (attempts: readonly FinishedAttempt[]): unknown[] =>
    attempts.map(({ text, ids, finish }) => ({ text, ids, finish }));
  const planted = texts(await sit(student));
  expect(planted).toHaveLength(3);
  expect(planted).toEqual(texts(await sit(TEXT_STUDENT)));
  expect(await readdir(folder)).toEqual(['student']);
});

it('threat 15: no bundle that reads a student holds a template engine', async () => {
  for (const bundle of ['cli', 'engine', 'extension']) {
    const text = await readFile(join(DIST, `${bundle}.meta.json`), 'utf8');
    // SAFETY: esbuild's metafile.
    const { inputs } = JSON.parse(text) as { inputs: Record<string, unknown> };
    const names = Object.keys(inputs).filter((name) => name.includes('node_modules/'));
    expect(names.length).toBeGreaterThan(0);
    const engines = /node_modules\/(?:@huggingface\/jinja|nunjucks|jinja-js|swig|twig|eta|ejs)\//u;
    expect(names.filter((name) => engines.test(name))).toEqual([]);
  }
});
