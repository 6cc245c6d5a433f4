import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { agreedBudget, type Agreement } from '../../../../src/core/round/agreement.ts';
import { teach } from '../../../../src/node/commands/steps.ts';
import { examinedProject } from '../../../fakes/examinedProject.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const FAR = { profile: 'far', origin: 'https://far.example', model: 'm' };
const PRICES = { inputPerMillion: 1, outputPerMillion: 1 };
const LIMITS = { maxRequests: 50, maxTotalTokens: 1000 };

/** A round that waits for its teaching, by a profile far away whose key is asked for last before anything is sent. */
async function waiting(profile: object = {}) {
  const { root, context } = await examinedProject();
  const path = join(root, 'tailor.json');
  const before: unknown = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify(Object.assign({}, before, { teacher: 'far' })));
  const config = await temporaryFolder();
  await mkdir(join(config, 'tailor'));
  const far = { name: 'far', baseURL: 'https://far.example/v1', model: 'm', ...profile };
  const file = JSON.stringify({ v: 1, profiles: [far] });
  await writeFile(join(config, 'tailor', 'teachers.json'), file);
  const keyFor = vi.fn(() => Promise.reject(new Error('the key was asked for')));
  return { context: { ...context, environment: { XDG_CONFIG_HOME: config }, keyFor }, keyFor };
}

const withTeacher = (teacher: Agreement['teacher']): Agreement => ({ ...LIMITS, teacher });

it.each([
  ['nobody', null, {}],
  ['another profile', { ...FAR, profile: 'near' }, {}],
  ['another address', { ...FAR, origin: 'https://near.example' }, {}],
  ['another model', { ...FAR, model: 'cheap' }, {}],
  ['nobody that costs something', null, { baseURL: 'http://127.0.0.1:9/v1', prices: PRICES }],
])('a teacher is not asked when %s was agreed to', async (_what, teacher, profile) => {
  const { context, keyFor } = await waiting(profile);
  const asked = teach({ ...context, agreement: withTeacher(teacher) }, undefined, { round: 0 });
  await expect(asked).rejects.toMatchObject({ code: 'teacher.notAgreed' });
  expect(keyFor).not.toHaveBeenCalled();
});

it.each([
  ['it was agreed to', withTeacher(FAR)],
  ['the command itself is the yes', undefined],
])('a teacher is asked when %s', async (_what, agreement) => {
  const { context } = await waiting();
  const asked = teach({ ...context, agreement }, undefined, { round: 0 });
  await expect(asked).rejects.toThrow('the key was asked for');
});

it('holds for the lower of the limits of then and of now', () => {
  const now = { maxRequests: 500, maxTotalTokens: 10 };
  expect(agreedBudget(withTeacher(FAR), FAR, now)).toEqual({ maxRequests: 50, maxTotalTokens: 10 });
  expect(agreedBudget(undefined, FAR, now)).toEqual(now);
  const agreed = { ...withTeacher(FAR), maxCost: 2 };
  const costs = [undefined, 1, 3].map((maxCost) => agreedBudget(agreed, FAR, { ...now, maxCost }));
  expect(costs.map(({ maxCost }) => maxCost)).toEqual([2, 1, 2]);
  expect(agreedBudget(withTeacher(FAR), FAR, { ...now, maxCost: 3 }).maxCost).toBe(3);
});
