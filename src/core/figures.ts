import { Sentence, sentence, type Translate } from './sentence.ts';

/** How a language writes a number of thousands with a fraction: a translation changes its two marks alone. */
const STYLE = sentence`1,234.5`;

/** Figures that are written in English, with the marks of the language that they are said in: 1,200–1,500 or 20.5 %. */
class Figures extends Sentence {
  override around(_parts: readonly (string | number)[], translate: Translate): string {
    const [, group = ',', point = '.'] = /^1(.*)234(.*)5$/u.exec(translate(STYLE.template)) ?? [];
    return this.template.replace(/(?<=\d)[,.](?=\d)/gu, (mark) => (mark === ',' ? group : point));
  }
}

/** English figures as a part of sentences; commas and points between digits are their marks. */
export function figures(english: string): Sentence {
  return new Figures(english, []);
}
