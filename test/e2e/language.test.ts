import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as z from 'zod/mini';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { CLI, practiceProject } from './rig/projects.ts';
import { TextEditor } from './rig/textEditor.ts';

const rowSchema = z.looseObject({ id: z.string(), question: z.string(), answer: z.string() });

/** Would leave its block of code in the hover, and ask for something, if it were taken for more than text. */
const HOSTILE = {
  id: 'hostile',
  question:
    '```\n  ```\n![x](https://evil.example/x.png) [run](command:workbench.action.terminal.new) <img src="https://evil.example/y.png">',
  answer: '1',
};

journey(
  'data files and tailor.json are checked, mended and explained in the text editor, and what a round was made of stays as it is',
  async () => {
    const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught', 40);
    const tailor = (...args: string[]): void => {
      execFileSync(process.execPath, [CLI, ...args, '--project', folder, '--quiet']);
    };
    tailor('decide', 'accept', '--rule', 'gate-accept');
    tailor('freeze');
    const data = join(folder, 'data', 'train.jsonl');
    const rows = [...readFileSync(data, 'utf8').trim().split('\n'), JSON.stringify(HOSTILE)];
    // One answer is a number, as many tools write it, and another was corrected in a decision.
    const third = rowSchema.parse(JSON.parse(rows[2] ?? ''));
    const fifth = rowSchema.parse(JSON.parse(rows[4] ?? ''));
    const spoilt = (rows[2] ?? '').replace(`"${third.answer}"`, third.answer);
    writeFileSync(data, [...rows.slice(0, 2), spoilt, ...rows.slice(3)].join('\n'));
    const decisions = join(scratchFolder(), 'decisions.jsonl');
    const gold = { questionId: fifth.id, gold: '987', reason: 'printed wrong' };
    writeFileSync(decisions, `${JSON.stringify(gold)}\n`);
    tailor('decide', 'edit', decisions, '--round', '0');
    const projectFile = join(folder, 'tailor.json');
    const settings = readFileSync(projectFile, 'utf8');
    writeFileSync(projectFile, settings.replace('"programmatic"', '"progammatic"'));

    const { workbench } = await startEditor({ folder });
    const text = new TextEditor(workbench);
    await text.open('data/train.jsonl');
    await text.problem('The field answer is not a text.', 'Ln 3');
    await text.fix('The field answer is not a text.', 'Write the number as text');
    await text.save();
    await workbench.until(
      'the row is mended on disk',
      () => readFileSync(data, 'utf8') === rows.join('\n'),
    );
    await workbench.page.keyboard.press('Home');
    await text.shows(/round.0:.\d\/\d.right.·/u);
    await workbench.page.keyboard.press('Control+End');
    const hover = await text.hover(/evil\.example/u);
    await workbench.picture('language-data');
    expect(await hover.locator('img, a, script, iframe').count()).toBe(0);

    await text.open('tailor.json');
    await text.problem('This computer has no teacher called progammatic', 'Ln ');
    await text.complete('This computer has no teacher called progammatic', 'programmatic');
    await text.save();
    await workbench.until(
      'the teacher is corrected on disk',
      () => readFileSync(projectFile, 'utf8') === settings,
    );

    const frozen = join(folder, 'rounds', '0', 'train.jsonl');
    const kept = readFileSync(frozen, 'utf8');
    await text.open('rounds/0/train.jsonl');
    await text.shows(/This is the frozen set of round 0/u);
    await text.refusesTyping();
    await workbench.picture('language-frozen');
    expect(readFileSync(frozen, 'utf8')).toBe(kept);

    await workbench.command('Tailor: Apply Edits to File');
    await workbench.pressInDialog('Write the edits of Review into data/train.jsonl?', 'Write');
    await workbench.notification('Written into data/train.jsonl: 1');
    const applied = readFileSync(data, 'utf8').split('\n');
    const changed = applied.flatMap((line, at) => (line === rows[at] ? [] : [at]));
    expect([applied.length, changed]).toEqual([rows.length, [4]]);
    // Its equation gives the older answer, and goes.
    const { equation, ...others } = fifth;
    expect(equation).toBeTypeOf('string');
    expect(JSON.parse(applied[4] ?? '')).toEqual({ ...others, answer: '987' });
    expect(workbench.strangers).toEqual([]);
  },
);
