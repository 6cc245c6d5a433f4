import { readFile } from 'node:fs/promises';
import {
  DEFAULT_TEMPLATES,
  parseTemplate,
  type PromptTemplate,
} from '../../core/teaching/templates.ts';
import type { Purpose } from '../../core/teaching/records.ts';
import { systemCode } from '../storage/storeError.ts';
import { resolveInside } from '../storage/safePath.ts';

/** The project's own prompts/<purpose>.md, or the built-in template where the project has none. */
export async function loadTemplate(root: string, purpose: Purpose): Promise<PromptTemplate> {
  const path = await resolveInside(root, `prompts/${purpose}.md`);
  try {
    return parseTemplate(purpose, await readFile(path, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return parseTemplate(purpose, DEFAULT_TEMPLATES[purpose]);
    throw error;
  }
}
