import { readFile } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { builtIn, parseTemplate, type PromptTemplate } from '../../core/teaching/templates.ts';
import type { Purpose } from '../../core/teaching/records.ts';
import type { ReplyForm } from '../../core/teaching/replyForms.ts';
import { systemCode } from '../storage/storeError.ts';
import { resolveInside } from '../storage/safePath.ts';

/**
 * The project's own prompts/<purpose>.md, for JSON prompts/<purpose>-json.md, or the built-in template where the project
 * has none. Throws `teacher.template` for one that asks for the other form.
 */
export async function loadTemplate(
  root: string,
  purpose: Purpose,
  form: ReplyForm,
): Promise<PromptTemplate> {
  const name = form === 'json' ? `${purpose}-json` : purpose;
  const path = await resolveInside(root, `prompts/${name}.md`);
  try {
    const template = parseTemplate(purpose, await readFile(path, 'utf8'));
    if (template.form === form) return template;
    throw new AppError(
      'teacher.template',
      sentence`prompts/${name}.md asks for another form of reply than teaching.replyForm.`,
      {
        hint: sentence`A template for JSON has the second line "form: json"; one for labelled lines has none.`,
        detail: { template: template.id },
      },
    );
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return builtIn(purpose, 'number', form);
    throw error;
  }
}
