import { describe, expect, it } from 'vitest';
import { normaliseQuestion } from '../../../../src/core/dataset/question.ts';
import { gsm8kSolutions } from '../../../fakes/gsm8kSolutions.ts';
import { writeGsm8kProject } from '../../../fakes/gsm8kProject.ts';
import { NO_PUBLIC_DATA } from '../../../fakes/publicData.ts';
import { openWindow } from '../../../fakes/reviewWindow.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const COUNT = 24;

describe.skipIf(NO_PUBLIC_DATA !== null)(
  `published GSM8K solutions as attempts${NO_PUBLIC_DATA === null ? '' : ` (${NO_PUBLIC_DATA})`}`,
  () => {
    it('become a round whose queue is exactly the questions that some model got wrong', async () => {
      const root = await temporaryFolder();
      await writeGsm8kProject(root, COUNT);
      const window = await openWindow(root);
      await window.service.ready();

      const rightOf = new Map<string, number>();
      for (const { question, isCorrect } of gsm8kSolutions().slice(0, 4 * COUNT)) {
        const name = normaliseQuestion(question);
        rightOf.set(name, (rightOf.get(name) ?? 0) + Number(isCorrect));
      }
      const wrong = [...rightOf].filter(([, right]) => right < 4).map(([name]) => name);
      const ids = await window.query();
      const records = [];
      for (const id of ids) records.push(await window.ask('record', { id }));
      const listed = records.map(({ question }) => normaliseQuestion(question));
      expect([...listed].sort()).toEqual(wrong.sort());
      for (const { question, row, attempts } of records) {
        expect(row.right).toBe(rightOf.get(normaliseQuestion(question)));
        expect(attempts.some(({ text }) => /<<.*>>/u.test(text))).toBe(true);
      }
      const taught = records.filter(({ candidates }) => candidates.some(({ passes }) => passes));
      expect(taught.length).toBeGreaterThan(records.length / 2);
    });
  },
);
