import { describe, expect, it } from 'vitest';
import { figures } from '../../../src/core/figures.ts';
import { say, sentence, type Translate } from '../../../src/core/sentence.ts';

const inGerman: Translate = (template, ...parts) =>
  template === '1,234.5' ? '1.234,5' : template.replace('{0}', String(parts[0]));

describe('figures', () => {
  it('are English until they are said, then with the marks of the language', () => {
    const told = sentence`about ${figures('1,200–12,000.5 (60/300, 95 %: 3.9e-36)')}, said.`;
    expect(String(told)).toBe('about 1,200–12,000.5 (60/300, 95 %: 3.9e-36), said.');
    expect(say(told, inGerman)).toBe('about 1.200–12.000,5 (60/300, 95 %: 3,9e-36), said.');
  });

  it('stay as they are where a language says nothing of its marks', () => {
    expect(say(figures('1,200.5'), (template) => template)).toBe('1,200.5');
    expect(say(figures('1,200.5'), () => '')).toBe('1,200.5');
  });
});
