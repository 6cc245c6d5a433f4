import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { changedLines, commitAll, DatasetPage, linesOf } from './rig/datasetPage.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';

journey(
  'edge case: Ctrl+Z in field vs. document: data is edited by keys, and git shows just that; nobody’s changes are lost',
  async () => {
    const folder = await practiceProject(join(scratchFolder(), 'practice'), 'new');
    const train = join(folder, 'data', 'train.jsonl');
    const before = linesOf(train);
    const frozen = join(folder, 'rounds', '0', 'train.jsonl');
    mkdirSync(join(folder, 'rounds', '0'), { recursive: true });
    cpSync(train, frozen);
    commitAll(folder);
    const { workbench } = await startEditor({ folder });
    const changed = (): string[] => changedLines(folder, 'data/train.jsonl');
    let data = await DatasetPage.openSet(workbench, 'train');
    await workbench.picture('dataset-editor');

    // A field: in its text Ctrl+Z is the text's, outside of it the document's.
    await data.goToLine(3);
    const question = data.field('question');
    const asked = await question.inputValue();
    await question.focus();
    await data.press('End', 'End', 'Control+End');
    await workbench.page.keyboard.type(' Really?');
    await data.press('Control+z');
    await workbench.until(
      'Ctrl+Z took text back',
      async () => (await question.inputValue()).length < `${asked} Really?`.length,
    );
    await data.untilDirty(false, 'nothing was written yet');
    await data.write('question', `${asked} Really?`);
    await data.untilDirty(true, 'a field was written');
    await data.press('Control+z');
    await data.untilDirty(false, 'the document was undone');
    await workbench.until(
      'the field is as it was',
      async () => (await question.inputValue()) === asked,
    );
    await data.press('Control+y');
    await data.untilDirty(true, 'and done again');
    await data.save();
    expect(changed()).toHaveLength(2);
    expect(changed()[1]).toBe(`+${before[2]?.replace(asked, `${asked} Really?`)}`);

    // Typed and saved at once, without leaving the field.
    await data.field('answer').focus();
    await data.press('Control+a');
    await data.type('56');
    await data.press('Control+s');
    await workbench.until(
      'what was being typed is saved',
      () => changed()[1]?.includes('"56"') === true,
    );
    await data.untilDirty(false, 'saved with what was being typed');

    // Rows.
    await data.goToLine(5);
    await data.press('i');
    await workbench.until('a row was inserted', async () => (await data.current()) === 6);
    await data.press('Shift+D');
    await workbench.until('and doubled', async () => (await data.current()) === 7);
    await data.goToLine(9);
    await data.press('Delete');
    await workbench.until('another was deleted', () => data.says('Row deleted'));
    await data.goToLine(1);
    await data.press('Alt+ArrowDown');
    await workbench.until('and the first moved down', async () => (await data.current()) === 2);
    expect(await data.changes()).toMatch(/^2 rows inserted 1 row deleted/u);
    await workbench.picture('dataset-rows');
    await data.press('Control+z');
    await workbench.until('moved back', async () => (await data.current()) === 1);
    for (const left of [/^2 rows inserted(?! 1 row)/u, /^1 row inserted/u, /^$/u]) {
      await data.press('Control+z');
      await workbench.until(`a step back: ${left}`, async () => left.test(await data.changes()));
    }
    await data.untilDirty(false, 'four steps back is what was saved');
    await data.press('Control+y');
    await data.untilDirty(true, 'one row inserted again');
    await workbench.command('File: Revert File');
    await data.untilDirty(false, 'reverted');
    await workbench.until('nothing is changed', async () => (await data.changes()) === '');

    // Another hand.
    await data.goToLine(1);
    await data.write('answer', '1001');
    await data.untilDirty(true, 'an edit before the file changes');
    appendFileSync(train, '{"id":"theirs","question":"Who?","answer":"1"}\n');
    await data.banner('changed on disk').waitFor();
    await workbench.picture('dataset-conflict');
    await data.focusRows();
    await data.press('Control+s');
    await workbench.pressInDialog('was changed on disk', 'Compare');
    await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    await workbench.picture('dataset-compare');
    await workbench.command('View: Close Editor');
    data = await DatasetPage.at(workbench);
    await data.banner('changed on disk').waitFor();
    await data.untilDirty(true, 'comparing settles nothing');
    expect(linesOf(train).at(-1)).toContain('theirs');
    await data.focusRows();
    await data.press('Control+s');
    await workbench.picture('dataset-question');
    await workbench.pressInDialog('was changed on disk', 'Overwrite');
    await data.untilDirty(false, 'overwritten');
    expect(linesOf(train)).toHaveLength(before.length);
    expect(linesOf(train)[0]).toContain('"1001"');

    await data.write('answer', '1002');
    await data.untilDirty(true, 'an edit before a checkout');
    execFileSync('git', ['checkout', '--quiet', '--', 'data/train.jsonl'], { cwd: folder });
    await data.banner('changed on disk').getByText('Reload, Dropping My Edits').click();
    await data.untilDirty(false, 'reloaded');
    await workbench.until(
      'the checked-out text is shown',
      async () =>
        (await data.field('answer').inputValue()) === String(JSON.parse(before[0] ?? '{}').answer),
    );
    expect(changed()).toEqual([]);

    // A field as a document of its own: saving it is one edit here.
    await data.goToLine(2);
    const second = await data.field('question').inputValue();
    await data.field('question').focus();
    await workbench.command('Tailor: Dataset: Open Field as Document', { inPlace: true });
    const lines = workbench.page.locator('.editor-instance .monaco-editor .view-line');
    await lines
      .filter({ hasText: second.split(' ')[0] ?? '' })
      .first()
      .click();
    await data.press('Control+End');
    await data.type(' Indeed?');
    await workbench.picture('dataset-field');
    await data.press('Control+s');
    await data.untilDirty(false, 'the field’s document is saved');
    await workbench.command('View: Close Editor');
    data = await DatasetPage.at(workbench);
    await data.untilDirty(true, 'the data file holds the edit');
    await data.isAt(2, 'question', `${second} Indeed?`);

    // The line as text, which shows what is saved.
    await data.focusRows();
    await data.press('o');
    await workbench.pressInDialog('edits that are not saved', 'Save and Open');
    await workbench.page.locator('.line-numbers.active-line-number', { hasText: /^2$/u }).waitFor();
    expect(changed()[1]).toContain('Indeed?');
    await workbench.command('View: Close Editor');

    // Edits that a person drops with the tab are gone for good.
    data = await DatasetPage.at(workbench);
    const kept = await data.field('answer').inputValue();
    await data.write('answer', '2002');
    await data.untilDirty(true, 'an edit before the tab is closed');
    await workbench.command('View: Close Editor');
    await workbench.pressInDialog('save the changes', "Don't Save");
    data = await DatasetPage.openSet(workbench, 'train');
    await data.goToLine(2);
    expect([await data.changes(), await data.field('answer').inputValue()]).toEqual(['', kept]);
    await data.untilDirty(false, 'nothing came back');

    // What a round was trained on is read here, too, and stays.
    const { page } = workbench;
    await workbench.until('the frozen set is open as text', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+p');
      const input = page.locator('.quick-input-widget input.input').first();
      await input.fill('rounds/0/train.jsonl', { timeout: 2000 });
      const found = page.locator('.quick-input-list .monaco-list-row', { hasText: /rounds.0/u });
      await found.first().click({ timeout: 2000 });
      await page.locator('.tab.active', { hasText: '/0' }).waitFor({ timeout: 3000 });
      return true;
    });
    await workbench.command('Tailor: Open in Dataset Editor');
    data = await DatasetPage.at(workbench, 'frozen set of round 0');
    await data.press('i', 'Delete');
    await data
      .banner(/frozen set of round 0.*next round/u)
      .first()
      .waitFor();
    await data.frame.locator('.record-head').waitFor();
    await workbench.picture('dataset-frozen');
    expect(await data.frame.locator('.field-card textarea').count()).toBe(0);
    expect(await data.changes()).toBe('');
    expect(linesOf(frozen)).toEqual(before);
    await workbench.command('View: Close Editor');
    await workbench.command('View: Close Editor');

    // Where the editor saves by itself, it saves this, too.
    await workbench.command('File: Toggle Auto Save');
    data = await DatasetPage.at(workbench);
    await data.goToLine(4);
    await data.write('answer', '4004');
    await workbench.until('it saved itself', () => changed().join().includes('"4004"'));
    await data.untilDirty(false, 'saved by itself');
    expect(workbench.violations).toEqual([]);
    expect(workbench.strangers).toEqual([]);
  },
);
