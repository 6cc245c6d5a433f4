import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { activate } from '../../../../src/extension.ts';
import { decide } from '../../../../src/node/commands/review.ts';
import { examinedProject } from '../../../fakes/examinedProject.ts';
import { lines } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, extensionContext, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import { openTab, openText, typeInto, uriOf } from '../../../fakes/vscodeLanguages.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);
beforeEach(resetVscode);

/** A project where the gold of q-0 was corrected, in a window. */
async function corrected() {
  const { root, context } = await examinedProject();
  const file = join(await temporaryFolder(), 'rows.jsonl');
  await writeFile(file, lines([{ questionId: 'q-0', gold: '99', reason: 'wrong' }]));
  await decide(context, 'edit', { names: [file], round: 0 });
  editor.folders = [root];
  activate(extensionContext());
  const data = join(root, 'data', 'train.jsonl');
  return { root, data, before: await readFile(data, 'utf8') };
}

const apply = async (): Promise<void> => {
  await editor.commands.get('tailor.apply')?.();
};
const QUESTION = 'Write the edits of Review into data/train.jsonl?';

describe('"Apply Edits to File"', () => {
  it('says what would change and writes it on a yes', async () => {
    const { data, before } = await corrected();
    editor.answer = 'Write';
    await apply();
    expect(editor.information[0]).toBe(QUESTION);
    expect(editor.details[0]).toContain('Rows that change in data/train.jsonl: 1');
    expect(editor.information[1]).toBe('Written into data/train.jsonl: 1');
    const [first, ...rest] = before.split('\n');
    const [now, ...others] = (await readFile(data, 'utf8')).split('\n');
    expect(others).toEqual(rest);
    expect(now).not.toBe(first);
    expect(now).toContain('"answer":"99"');
    await apply();
    expect(editor.information[2]).toContain('says what counts already');
  });

  it('shows the changes in a comparison first, and asks again', async () => {
    const { data } = await corrected();
    editor.answers.push('Show Changes', 'Write');
    await apply();
    const diff = editor.executed.find(({ id }) => id === 'vscode.diff');
    expect(diff?.args[0]).toMatchObject({ fsPath: data });
    // SAFETY: the fake's URI.
    const shown = editor.providers
      .get('tailor-report')
      ?.provideTextDocumentContent(diff?.args[1] as never, undefined as never);
    expect(shown).toBe(await readFile(data, 'utf8'));
    expect(shown).toContain('"answer":"99"');
  });

  it.each([[undefined], ['Show Changes']])('writes nothing without a yes (%j)', async (answer) => {
    const { data, before } = await corrected();
    editor.answers.push(answer, undefined);
    await apply();
    expect(await readFile(data, 'utf8')).toBe(before);
    expect(editor.errors).toEqual([]);
  });

  it('refuses a file with unsaved changes, as a text or in the Dataset Editor', async () => {
    const { data, before } = await corrected();
    editor.answer = 'Write';
    const document = openText(data, before);
    typeInto(document, `${before} `);
    await apply();
    expect(editor.errors[0]).toContain('data/train.jsonl has unsaved changes in an editor.');
    document.isDirty = false;
    const input = new vscodeModule.TabInputCustom(uriOf(data), 'tailor.dataset');
    openTab({ input, isDirty: true });
    await apply();
    expect(editor.errors[1]).toContain('unsaved changes');
    expect(await readFile(data, 'utf8')).toBe(before);
  });

  it('refuses a file with unsaved changes that was opened through a link', async () => {
    const { data, before } = await corrected();
    editor.answer = 'Write';
    const link = join(await temporaryFolder(), 'link.jsonl');
    await symlink(data, link);
    typeInto(openText(link, before), `${before} `);
    await apply();
    expect(editor.errors[0]).toContain('data/train.jsonl has unsaved changes in an editor.');
    expect(await readFile(data, 'utf8')).toBe(before);
  });

  it('threat 20: looks at trust and file again when the yes comes', async () => {
    const { data, before } = await corrected();
    const changed = before.replace('"q-1"', '"q-9"');
    editor.answer = 'Write';
    vi.spyOn(editor.information, 'push').mockImplementationOnce((text) => {
      editor.isTrusted = false;
      return Array.prototype.push.call(editor.information, text);
    });
    await apply();
    expect(editor.errors[0]).toContain('Manage Workspace Trust');
    editor.isTrusted = true;
    vi.spyOn(editor.details, 'push').mockImplementationOnce((text) => {
      void writeFile(data, changed);
      return Array.prototype.push.call(editor.details, text);
    });
    await apply();
    await vi.waitFor(() => expect(editor.errors).toHaveLength(2));
    expect(editor.errors[1]).toContain('was changed meanwhile');
    expect(await readFile(data, 'utf8')).toBe(changed);
  });

  it('lists what is left out', async () => {
    const { data, before } = await corrected();
    await writeFile(data, before.replace(/"answer":"3"/u, '"answer":"77"'));
    await apply();
    expect(editor.documents.at(-1)?.text).toContain(
      'the answer is 77, and the edit was made for 3',
    );
  });
});
