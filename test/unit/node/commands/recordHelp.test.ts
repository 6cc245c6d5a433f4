import { expect, it } from 'vitest';
import { buildProgram } from '../../../../src/cli.ts';

it('the help of a record says in which form of prompts it is made, and why in that one', () => {
  const student = buildProgram().commands.find((one) => one.name() === 'student');
  const record = student?.options.find(({ long }) => long === '--record');
  expect(record?.description).toContain('by plain prompts in every form of prompts');
  expect(record?.description).toContain('weights are the same');
});
